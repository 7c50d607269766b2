"""One program on a pseudo-terminal, timed from outside. Python's standard library only.

t0 of a start is read in the child just before exec and handed over through shared memory, so that
forking does not count. While time is measured, only select and read run; the bytes are parsed
afterwards. There is no screen: a frame is recognized by the text it prints and where.
"""

import fcntl
import mmap
import os
import re
import select
import signal
import struct
import termios
import time

MS = 1e6  # nanoseconds
COLUMNS, ROWS = 120, 40
now = time.monotonic_ns

KEYS = {
    "enter": b"\r", "esc": b"\x1b", "up": b"\x1b[A", "down": b"\x1b[B", "home": b"\x1b[H",
    "pgup": b"\x1b[5~", "pgdn": b"\x1b[6~", "backspace": b"\x7f", "ctrl-u": b"\x15",
    "ctrl-e": b"\x05",
}  # fmt: skip

_TOKEN = re.compile(rb"\x1b\[([0-?]*)[ -/]*([@-~])|\x1b\].*?(?:\x07|\x1b\\)|\x1b[P_^X].*?\x1b\\|\x1b.", re.S)


def prints(data):
    """[(row, column, text, offset)]: the text that the bytes print, its position, and its offset in
    the bytes."""
    out, at, row, column = [], 0, 0, 0
    for match in list(_TOKEN.finditer(data)) + [None]:
        end = match.start() if match else len(data)
        if end > at:
            text = data[at:end].decode("utf-8", "replace")
            if out and out[-1][4]:
                first = out[-1]
                out[-1] = (first[0], first[1], first[2] + text, first[3], True)
            else:
                out.append((row, column, text, at, True))
        if not match:
            break
        at = match.end()
        if match.group(2) in (b"H", b"f"):
            numbers = [int(n or 1) for n in (match.group(1) or b"1;1").split(b";")] + [1]
            row, column = numbers[0], numbers[1]
            if out:
                out[-1] = out[-1][:4] + (False,)
    return [piece[:4] for piece in out]


def text_of(data):
    return " ".join(piece[2] for piece in prints(data))


class Burst:
    """The chunks that followed a key, with their times."""

    def __init__(self, t0, chunks):
        self.t0, self.chunks = t0, chunks
        self.data = b"".join(data for _, data in chunks)
        self.bytes = len(self.data)

    def bytes_before_silence(self, ms=50):
        """The bytes caused by the key itself, without those that wait for a pause in typing."""
        count, before = 0, self.chunks[0][0] if self.chunks else 0
        for t, data in self.chunks:
            if t - before > ms * MS:
                break
            count, before = count + len(data), t
        return count

    def _at(self, offset):
        """When the byte at this offset arrived, in ms after t0."""
        for t, data in self.chunks:
            if offset < len(data):
                return (t - self.t0) / MS
            offset -= len(data)
        return None

    def first(self):
        """The first text. Bytes that print nothing are not a frame."""
        pieces = prints(self.data)
        return self._at(pieces[0][3]) if pieces else None

    def last(self, inside=lambda row, column: True):
        """The last text in a region."""
        pieces = [piece for piece in prints(self.data) if inside(piece[0], piece[1])]
        if not pieces:
            return None
        _, _, text, offset = pieces[-1]
        return self._at(offset)

    def shows(self, text):
        """The chunk that completed `text`."""
        seen = b""
        for t, data in self.chunks:
            seen += data
            if text in text_of(seen):
                return (t - self.t0) / MS
        return None


class Program:
    def __init__(self, argv):
        env = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        env.update(TERM="xterm-256color", LANG="C.UTF-8")
        self.master, slave = os.openpty()
        self.resize(COLUMNS, ROWS)
        stamp = mmap.mmap(-1, 8)
        self.pid = os.fork()
        if self.pid == 0:
            try:
                os.setsid()
                fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
                for fd in (0, 1, 2):
                    os.dup2(slave, fd)
                os.closerange(3, 256)
                stamp[:8] = struct.pack("<q", now())
                os.execve(argv[0], argv, env)
            except BaseException as error:  # the child must not return
                os.write(2, f"exec: {error}\n".encode())
                os._exit(127)
        os.close(slave)
        os.set_blocking(self.master, False)
        self.closed = False
        self._stamp = stamp

    @property
    def started(self):
        return struct.unpack("<q", self._stamp[:8])[0]

    def resize(self, columns, rows):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def collect(self, quiet_ms, timeout_ms, wants_output=True):
        """Collects chunks until this much silence follows the last one."""
        chunks, start = [], now()
        deadline = start + timeout_ms * MS
        while not self.closed:
            t = now()
            limit = deadline
            if chunks or not wants_output:
                limit = min(deadline, (chunks[-1][0] if chunks else start) + quiet_ms * MS)
            if t >= limit:
                break
            if not select.select([self.master], [], [], (limit - t) / 1e9)[0]:
                continue
            try:
                data = os.read(self.master, 65536)
            except BlockingIOError:
                continue
            except OSError:  # the program closed its terminal
                data = b""
            if not data:
                self.closed = True
                break
            chunks.append((now(), data))
        return chunks

    def first_frame(self, text, timeout_ms=10_000):
        """Milliseconds from exec to the chunk that completed `text`."""
        chunks, deadline = [], now() + timeout_ms * MS
        while now() < deadline and not self.closed:
            chunks += self.collect(20, 200)
            at = Burst(self.started, chunks).shows(text)
            if at is not None:
                return at
        raise RuntimeError(f"{text!r} did not appear; seen: {text_of(b''.join(d for _, d in chunks))[-800:]!r}")

    def send(self, keys, quiet_ms=60, timeout_ms=3000):
        data = KEYS.get(keys, keys.encode() if isinstance(keys, str) else keys)
        self.collect(0, 0, wants_output=False)
        t0 = now()
        os.write(self.master, data)
        return Burst(t0, self.collect(quiet_ms, timeout_ms))

    def wait_for(self, keys, text, timeout_ms=10_000):
        """Milliseconds from the key to the chunk that completed `text`."""
        burst = self.send(keys, 30, timeout_ms)
        t0, chunks = burst.t0, burst.chunks
        while True:
            at = Burst(t0, chunks).shows(text)
            if at is not None:
                return at
            if (now() - t0) / MS > timeout_ms or self.closed:
                seen = text_of(b"".join(data for _, data in chunks))
                raise RuntimeError(f"{text!r} did not appear; seen: {seen[-800:]!r}")
            chunks += self.collect(30, 500)

    def whole_screen(self):
        """The whole screen as text: a change of size makes a program print it again."""
        self.resize(COLUMNS - 1, ROWS)
        self.collect(60, 1000)
        self.resize(COLUMNS, ROWS)
        return text_of(b"".join(data for _, data in self.collect(60, 1000)))

    def memory_mib(self):
        with open(f"/proc/{self.pid}/status") as status:
            return int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1)) / 1024

    def cpu_ms(self):
        """Of all threads: in ticks of the kernel (10 ms), and by the scheduler's own clock."""
        with open(f"/proc/{self.pid}/stat") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        ticks = (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")
        fine = 0.0
        for task in os.listdir(f"/proc/{self.pid}/task"):
            try:
                with open(f"/proc/{self.pid}/task/{task}/schedstat") as schedstat:
                    fine += int(schedstat.read().split()[0]) / MS
            except OSError:  # the thread ended, or this kernel does not say
                pass
        return ticks, fine

    def end(self, keys=()):
        """Ends the program by its keys, and by a signal to this one process if they do not."""
        try:
            for key in keys:
                self.send(key, 10, 300)
            for patience, sign in ((1.0, None), (1.0, signal.SIGTERM), (2.0, signal.SIGKILL)):
                if sign:
                    os.kill(self.pid, sign)
                limit = time.monotonic() + patience
                while time.monotonic() < limit:
                    pid, status = os.waitpid(self.pid, os.WNOHANG)
                    if pid:
                        return os.waitstatus_to_exitcode(status)
                    self.collect(5, 5, wants_output=False)
                    time.sleep(0.002)
        except OSError:
            os.waitpid(self.pid, 0)
        finally:
            os.close(self.master)
        return None
