//! Serves HTTP connections, bounded in number and in time: a client that sends nothing, or half a
//! request, must neither starve the others nor use up the file descriptors of the console.

use std::{
    convert::Infallible,
    future::pending,
    io,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use axum::{body::Body, extract::Request, response::Response};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    task::{AbortHandle, JoinSet},
};
use tower::{Service, ServiceExt as _};

use super::body::in_memory;

/// How long to wait after a failed `accept`, e.g. because no file descriptor is left.
const ACCEPT_AGAIN: Duration = Duration::from_millis(50);

#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub connections: usize,
    /// For the head of a request, and again for its body.
    pub deadline: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 128,
            deadline: Duration::from_secs(10),
        }
    }
}

/// Whether a request is being answered, and since when that has not changed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Activity {
    is_answering: bool,
    since: Instant,
}

/// The activity of one connection.
struct Shown(Mutex<Activity>);

impl Shown {
    fn new() -> Self {
        Self(Mutex::new(Activity {
            is_answering: false,
            since: Instant::now(),
        }))
    }

    fn is(&self, is_answering: bool) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Activity {
            is_answering,
            since: Instant::now(),
        };
    }

    fn get(&self) -> Activity {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Connections {
    limits: Limits,
    open: Vec<(Arc<Shown>, AbortHandle)>,
    tasks: JoinSet<()>,
}

impl Connections {
    /// If there are too many connections, the one idle the longest is closed; one that is being
    /// answered is closed only if no other is left.
    fn admit<S>(&mut self, stream: TcpStream, app: S)
    where
        S: Service<Request, Response = Response, Error = Infallible, Future: Send>,
        S: Clone + Send + Sync + 'static,
    {
        while self.tasks.try_join_next().is_some() {}
        self.open.retain(|(_, task)| !task.is_finished());
        if self.open.len() >= self.limits.connections {
            let all = self.open.iter().enumerate();
            let longest = all.min_by_key(|(_, (shown, _))| shown.get());
            if let Some((nth, _)) = longest {
                self.open.swap_remove(nth).1.abort();
            }
        }
        let shown = Arc::new(Shown::new());
        let work = converse(stream, app, self.limits.deadline, Arc::clone(&shown));
        self.open.push((shown, self.tasks.spawn(work)));
    }
}

/// Answers the requests of one connection.
async fn converse<S>(stream: TcpStream, app: S, deadline: Duration, shown: Arc<Shown>)
where
    S: Service<Request, Response = Response, Error = Infallible, Future: Send>,
    S: Clone + Send + Sync + 'static,
{
    let answer = service_fn(|request: hyper::Request<Incoming>| {
        let (app, shown) = (app.clone(), Arc::clone(&shown));
        async move {
            shown.is(false);
            let request = in_memory(request.map(Body::new), deadline).await;
            shown.is(true);
            let response = app.oneshot(request).await;
            shown.is(false);
            response
        }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(deadline);
    // A client that breaks off, or sends no HTTP, needs no answer.
    let _ = http.serve_connection(TokioIo::new(stream), answer).await;
}

/// Serves for as long as it is polled.
pub(super) async fn serve<S>(
    four: &TcpListener,
    six: Option<&TcpListener>,
    app: S,
    limits: Limits,
) -> Infallible
where
    S: Service<Request, Response = Response, Error = Infallible, Future: Send>,
    S: Clone + Send + Sync + 'static,
{
    let mut connections = Connections {
        limits,
        open: Vec::new(),
        tasks: JoinSet::new(),
    };
    loop {
        let accepted = tokio::select! {
            accepted = four.accept() => accepted,
            accepted = accept(six) => accepted,
        };
        match accepted {
            Ok((stream, _)) => connections.admit(stream, app.clone()),
            Err(_) => tokio::time::sleep(ACCEPT_AGAIN).await,
        }
    }
}

async fn accept(listener: Option<&TcpListener>) -> io::Result<(TcpStream, std::net::SocketAddr)> {
    match listener {
        Some(listener) => listener.accept().await,
        None => pending().await,
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read as _, Write as _},
        net::TcpStream as Client,
        thread,
    };

    use axum::{Router, middleware};

    use super::{super::body::whole_body, *};

    const PATIENCE: Duration = Duration::from_secs(20);

    /// The port of a server that runs until the test process ends. `/slow` takes two seconds.
    fn server(limits: Limits) -> u16 {
        let (sender, port) = std::sync::mpsc::channel();
        thread::spawn(move || {
            let slow = async || {
                tokio::time::sleep(Duration::from_secs(2)).await;
                "slow"
            };
            let app = Router::new()
                .route("/slow", axum::routing::get(slow))
                .fallback(async |body: String| body)
                .layer(middleware::from_fn(whole_body));
            let runtime = crate::local_server::runtime().unwrap();
            runtime.block_on(async {
                let four = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
                sender.send(four.local_addr().unwrap().port()).unwrap();
                serve(&four, None, app, limits).await;
            });
        });
        port.recv().unwrap()
    }

    fn client(port: u16, sends: &str) -> Client {
        let mut client = Client::connect(("127.0.0.1", port)).unwrap();
        client.set_read_timeout(Some(PATIENCE)).unwrap();
        client.write_all(sends.as_bytes()).unwrap();
        client
    }

    /// Reads until the server closes the connection.
    fn all_of(mut client: Client) -> String {
        let mut bytes = Vec::new();
        // A reset is an end too.
        if let Err(error) = client.read_to_end(&mut bytes) {
            assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
        }
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_late_head_and_a_late_body_end_the_connection() {
        let port = server(Limits {
            deadline: Duration::from_millis(200),
            ..Limits::default()
        });
        let since = Instant::now();
        for half in ["", "POST / HTTP/1.1\r\nHost: a\r\nContent-Le"] {
            let came = all_of(client(port, half));
            assert!(
                came.is_empty() || came.starts_with("HTTP/1.1 408"),
                "{came}"
            );
        }
        let half = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf";
        let came = all_of(client(port, half));
        assert!(came.starts_with("HTTP/1.1 408"), "{came}");
        // Also if a byte arrives from time to time.
        for half in [
            "GET / HTTP/1.1\r\nHost: ",
            "POST / HTTP/1.1\r\nContent-Length: 900\r\n\r\n",
        ] {
            let mut drop_by_drop = client(port, half);
            let pause = Some(Duration::from_millis(20));
            drop_by_drop.set_read_timeout(pause).unwrap();
            while drop_by_drop.write_all(b"x").is_ok() && since.elapsed() < PATIENCE {
                if drop_by_drop.read(&mut [0; 1]).is_ok() {
                    break;
                }
            }
        }
        assert!(since.elapsed() < PATIENCE);
    }

    #[test]
    fn the_longest_idle_connection_makes_room_for_a_new_one() {
        let port = server(Limits {
            connections: 3,
            deadline: PATIENCE,
        });
        let slow = client(
            port,
            "GET /slow HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        );
        thread::sleep(Duration::from_millis(50));
        let first = client(port, "");
        thread::sleep(Duration::from_millis(50));
        let second = client(port, "GET / HTTP/1.1\r\n");
        thread::sleep(Duration::from_millis(50));
        let third = client(
            port,
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        );
        assert!(all_of(third).starts_with("HTTP/1.1 200"));
        assert_eq!(all_of(first), "", "the longest idle one is closed");
        // The connection that is being answered is spared.
        assert!(all_of(slow).ends_with("slow"));
        second.set_nonblocking(true).unwrap();
        let left = (&second).read(&mut [0; 1]).unwrap_err();
        assert_eq!(left.kind(), io::ErrorKind::WouldBlock);
    }
}
