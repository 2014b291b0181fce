// SPDX-License-Identifier: EUPL-1.2
//! HAProxy, as a process.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Verdeler. It is killed when it is dropped.
pub(crate) struct Balancer(Child);

impl Balancer {
    /// Starts on a configuration with other addresses than it was written with; each stands there once.
    pub(crate) fn start(folder: &Path, configuration: &str, addresses: &[(&str, String)]) -> Self {
        let mut text = configuration.to_owned();
        for (written, here) in addresses {
            assert_eq!(text.matches(written).count(), 1, "{written}");
            text = text.replace(written, here);
        }
        let file = folder.join("haproxy.cfg");
        fs::write(&file, text).unwrap();
        let log = fs::File::create(folder.join("haproxy.log")).unwrap();
        let mut command = Command::new(program());
        command.arg("-f").arg(&file).arg("-db").stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        Self(command.spawn().expect("HAProxy starts"))
    }
}

impl Drop for Balancer {
    fn drop(&mut self) {
        let _killed = self.0.kill();
        let _waited = self.0.wait();
    }
}

/// Where HAProxy is: administrators' programs are not always in the path.
fn program() -> PathBuf {
    let usual = ["/usr/sbin/haproxy", "/usr/local/sbin/haproxy"].iter().map(PathBuf::from);
    usual.into_iter().find(|path| path.is_file()).unwrap_or_else(|| "haproxy".into())
}
