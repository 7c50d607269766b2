"""A robot in place of a browser: signs in, allows, and returns where the browser would go. Serves
that over HTTP, for clients in any language."""

import http.cookiejar
import http.server
import re
import threading
import urllib.error
import urllib.parse
import urllib.request


class Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class Walker:
    def __init__(self, email, password):
        self.email, self.password = email, password
        walker = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
                answer = walker.walk(query["url"][0], query.get("press", ["allow"])[0]).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/"

    def walk(self, url, press):
        jar = http.cookiejar.CookieJar()
        browser = urllib.request.build_opener(Stay, urllib.request.HTTPCookieProcessor(jar))

        def ask(fields=None):
            data = urllib.parse.urlencode(fields).encode() if fields else None
            try:
                with browser.open(url, data, timeout=20) as answer:
                    return answer.status, answer.headers.get("Location"), answer.read().decode()
            except urllib.error.HTTPError as answer:
                return answer.code, answer.headers.get("Location"), answer.read().decode()

        def key(page):
            return re.search('name="form_key" value="([^"]+)"', page).group(1)

        status, location, page = ask()
        if location or status != 200:
            return location or page
        status, location, page = ask(
            {"form_key": key(page), "action": "sign_in", "email": self.email, "password": self.password}
        )
        assert status == 303, page
        _, _, page = ask()
        _, location, page = ask({"form_key": key(page), "action": press})
        return location or page
