//! Listens at loopback addresses, and only there.

use std::{
    convert::Infallible,
    future::Future,
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

use axum::{extract::Request, response::Response};
use tokio::net::TcpListener;
use tower::Service;

use super::connections::{Limits, serve};
use crate::domain::this_machine;

/// How many ports are tried if any will do.
const FREE_PORT_TRIES: usize = 20;

/// The open sockets.
#[derive(Debug)]
pub struct Listening {
    four: TcpListener,
    /// `None` on a machine without IPv6, or at another address than the usual two.
    six: Option<TcpListener>,
    pub port: u16,
}

impl Listening {
    /// Has the port at 127.0.0.1 and ::1, or fails: a client of `localhost` may try either one, and
    /// must not send its secret to another program.
    pub async fn at(port: u16) -> io::Result<Self> {
        for _ in 0..FREE_PORT_TRIES {
            match Self::at_both(port).await {
                // The system has chosen a port that is only free at 127.0.0.1.
                Err(error) if port == 0 && error.kind() == io::ErrorKind::AddrInUse => {}
                done => return done,
            }
        }
        Err(io::ErrorKind::AddrInUse.into())
    }

    async fn at_both(port: u16) -> io::Result<Self> {
        let four = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await?;
        let port = four.local_addr()?.port();
        let six = match TcpListener::bind(SocketAddr::from((Ipv6Addr::LOCALHOST, port))).await {
            Ok(six) => Some(six),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => return Err(error),
            // Without IPv6 there is no other address.
            Err(_) => None,
        };
        Ok(Self { four, six, port })
    }

    /// Listens at a loopback host: at both usual addresses for a name, because either may be meant.
    pub async fn for_host(host: &str, port: u16) -> io::Result<Self> {
        match this_machine::address(host) {
            Some(IpAddr::V4(address)) if address != Ipv4Addr::LOCALHOST => {
                let four = TcpListener::bind(SocketAddr::from((address, port))).await?;
                let port = four.local_addr()?.port();
                Ok(Self {
                    four,
                    six: None,
                    port,
                })
            }
            _ => Self::at(port).await,
        }
    }

    /// Serves an app until `stopped` is done.
    pub async fn serve<S>(self, app: S, stopped: impl Future<Output = ()>)
    where
        S: Service<Request, Response = Response, Error = Infallible, Future: Send>,
        S: Clone + Send + Sync + 'static,
    {
        tokio::select! {
            never = serve(&self.four, self.six.as_ref(), app, Limits::default()) => match never {},
            () = stopped => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// On other systems, further addresses of 127.0.0.0/8 must be set up first.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_host_of_this_machine_is_listened_on_at_its_own_address() {
        let runtime = crate::local_server::runtime().unwrap();
        let at = |host| {
            let listening = runtime.block_on(Listening::for_host(host, 0)).unwrap();
            listening.four.local_addr().unwrap().ip()
        };
        for (host, address) in [
            ("127.0.0.2", Ipv4Addr::new(127, 0, 0, 2)),
            ("127.0.0.1", Ipv4Addr::LOCALHOST),
            ("spa.localhost", Ipv4Addr::LOCALHOST),
        ] {
            assert_eq!(at(host), address, "{host}");
        }
    }
    #[test]
    fn a_port_that_another_program_has_at_either_address_is_refused() {
        let runtime = crate::local_server::runtime().unwrap();
        for address in [
            IpAddr::V4(Ipv4Addr::LOCALHOST),
            IpAddr::V6(Ipv6Addr::LOCALHOST),
        ] {
            let Ok(other) = std::net::TcpListener::bind((address, 0)) else {
                // Without IPv6.
                continue;
            };
            let port = other.local_addr().unwrap().port();
            let refused = runtime.block_on(Listening::at(port)).unwrap_err();
            assert_eq!(refused.kind(), io::ErrorKind::AddrInUse, "{address}");
        }
    }
}
