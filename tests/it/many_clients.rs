//! Many clients at once: none of them keeps the others from the local server.

use std::{
    io::Write as _,
    net::TcpStream,
    time::{Duration, Instant},
};

use rustix::process::{Resource, getrlimit, setrlimit};

use crate::harness::platform::{Platform, registered};

/// As many as would use up the 1,024 file descriptors of the server.
const CROWD: usize = 1012;

/// Allows this process the connections of a crowd.
fn raise_limit() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    setrlimit(Resource::Nofile, limit).expect("as many as are allowed");
}

#[test]
fn idle_and_half_sent_connections_starve_no_client() {
    raise_limit();
    let (driver, id, secret, jwt) = registered();
    let platform = Platform::start_with_few_descriptors(&driver);
    let half = [
        "",
        "POST /restapi/oauth/token HTTP/1.1\r\nHo",
        "POST /restapi/oauth/token HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 90\r\n\r\ngrant",
        "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    ];
    let crowd: Vec<TcpStream> = (0..CROWD)
        .map(|nth| {
            let mut stream =
                TcpStream::connect(("127.0.0.1", platform.port)).expect("a connection");
            // It may be closed already, to make room.
            let _ = stream.write_all(half[nth % half.len()].as_bytes());
            stream
        })
        .collect();
    let since = Instant::now();
    let answer = platform.log_in((&id, &secret), &jwt);
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(since.elapsed() < Duration::from_secs(5));
    #[cfg(target_os = "linux")]
    assert!(platform.open_files() < 256, "{}", platform.open_files());
    drop(crowd);
}
