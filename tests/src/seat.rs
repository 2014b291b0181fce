// SPDX-License-Identifier: EUPL-1.2
//! A place for a gateway that must come back where it was, such as behind a load balancer.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use tokio::net::TcpSocket;

use crate::Trouble;

/// Two ports of loopback that nobody else gets while this exists, for a gateway that must come back where it was.
#[derive(Debug)]
pub struct Seat {
    _held: [TcpSocket; 2],
    ports: [u16; 2],
}

impl Seat {
    /// Two free ports. They are bound and never listened on, so that whoever says so too may listen there.
    ///
    /// # Errors
    /// When there are none.
    pub fn taken() -> Result<Self, Trouble> {
        let socket = || -> std::io::Result<(TcpSocket, u16)> {
            let socket = TcpSocket::new_v4()?;
            socket.set_reuseaddr(true)?;
            socket.bind(SocketAddr::from(([127, 0, 0, 1], 0)))?;
            let port = socket.local_addr()?.port();
            Ok((socket, port))
        };
        let [(one, machine), (two, operations)] =
            [socket().map_err(|error| error.to_string())?, socket().map_err(|error| error.to_string())?];
        Ok(Self { _held: [one, two], ports: [machine, operations] })
    }

    /// Where machines are spoken to.
    #[must_use]
    pub fn machine(&self) -> String {
        format!("127.0.0.1:{}", self.machine_port())
    }

    /// The port where machines are spoken to.
    #[must_use]
    pub fn machine_port(&self) -> u16 {
        self.ports[0]
    }

    /// The port where operators are spoken to.
    #[must_use]
    pub fn operations_port(&self) -> u16 {
        self.ports[1]
    }

    /// Lets the gateway in `folder` listen here from its next start on.
    ///
    /// # Errors
    /// When its configuration cannot be written.
    pub fn give(&self, folder: &Path) -> Result<(), Trouble> {
        let file = folder.join("sluis.toml");
        let text = fs::read_to_string(&file).map_err(|error| error.to_string())?;
        let anywhere = |key: &str| format!(r#"{key} = "127.0.0.1:0""#);
        let here = |key: &str, port: u16| format!(r#"{key} = "127.0.0.1:{port}""#);
        let text = text
            .replace(&anywhere("operations"), &here("operations", self.operations_port()))
            .replace(&anywhere("listen"), &here("listen", self.machine_port()));
        fs::write(file, text).map_err(|error| error.to_string())
    }
}
