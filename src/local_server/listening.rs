//! Listens at loopback addresses, and only there.

use std::{
    convert::Infallible,
    future::Future,
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

use axum::{ServiceExt as _, extract::Request, response::Response};
use tokio::net::TcpListener;
use tower::Service;

use crate::domain::this_machine;

/// The open sockets.
#[derive(Debug)]
pub struct Listening {
    four: TcpListener,
    /// `None` on a machine without IPv6, or if another program has the port at ::1. The other
    /// address is then served alone.
    six: Option<TcpListener>,
    pub port: u16,
}

impl Listening {
    pub async fn at(port: u16) -> io::Result<Self> {
        let four = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await?;
        let port = four.local_addr()?.port();
        let six = TcpListener::bind(SocketAddr::from((Ipv6Addr::LOCALHOST, port))).await;
        Ok(Self {
            four,
            six: six.ok(),
            port,
        })
    }

    /// Listens at a loopback host; see `alone_at` for names and the usual addresses.
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
            _ => Self::alone_at(port).await,
        }
    }

    /// Fails if another program has the port at the other address: `localhost` must not lead there.
    async fn alone_at(port: u16) -> io::Result<Self> {
        let listening = Self::at(port).await?;
        if listening.six.is_none() {
            let six = SocketAddr::from((Ipv6Addr::LOCALHOST, listening.port));
            // Without IPv6 there is no other address.
            if let Err(error) = TcpListener::bind(six).await
                && error.kind() == io::ErrorKind::AddrInUse
            {
                return Err(error);
            }
        }
        Ok(listening)
    }

    /// Serves an app until `stopped` is done.
    pub async fn serve<S>(self, app: S, stopped: impl Future<Output = ()>) -> Result<(), String>
    where
        S: Service<Request, Response = Response, Error = Infallible, Future: Send>,
        S: Clone + Send + Sync + 'static,
    {
        if let Some(six) = self.six {
            let app = app.clone().into_make_service();
            tokio::spawn(async move { axum::serve(six, app).await });
        }
        tokio::select! {
            ended = axum::serve(self.four, app.into_make_service()) => {
                ended.map_err(|error| error.to_string())
            }
            () = stopped => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// On other systems, further addresses of 127.0.0.0/8 have to be set up first.
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
}
