// SPDX-License-Identifier: EUPL-1.2
//! The first minutes of an operator: a folder that starts as it lies, and a look that says everything at once.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use reqwest::{Certificate, Client, Identity};
use sluis_tests::gateway::{Gateway, command, trial_folder};

use crate::school::{edit, readiness};

/// Runs a command; gives its exit code and all that it said.
pub(crate) fn run(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let done = command(folder).unwrap().current_dir(folder).args(arguments).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    (done.status.code().unwrap(), said)
}

fn made(name: &str) -> (PathBuf, PathBuf) {
    let folder = trial_folder(name).unwrap();
    let (code, said) = run(&folder, &["init", "sluis"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("sluis serve --config sluis/sluis.toml") && said.contains("sleutels/"), "{said}");
    let there = folder.join("sluis");
    // So that gateways of several tests do not meet.
    edit(&there.join("sluis.toml"), |text| {
        text.replace("127.0.0.1:8443", "127.0.0.1:0").replace("127.0.0.1:9443", "127.0.0.1:0")
    });
    (folder, there)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_folder_starts_as_it_lies_and_a_full_one_is_left_alone() {
    let _first = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let (folder, there) = made("first");
    for (file, mode) in [
        ("", 0o700),
        ("gegevens", 0o700),
        ("sleutels/sluis.sleutels", 0o600),
        ("sleutels/wachtzin", 0o600),
        ("tls/server.key", 0o600),
        ("tls/ca.key", 0o600),
    ] {
        assert_eq!(fs::metadata(there.join(file)).unwrap().permissions().mode() & 0o777, mode, "{file}");
    }
    let (code, said) = run(&folder, &["check", "--config", "sluis/sluis.toml"]);
    assert_eq!((code, said.lines().last().unwrap().starts_with("in orde")), (0, true), "{said}");

    let before = fs::read(there.join("sleutels/sluis.sleutels")).unwrap();
    let (code, said) = run(&folder, &["init", "sluis"]);
    assert!(code == 78 && said.contains("not empty"), "{code} {said}");
    assert_eq!(fs::read(there.join("sleutels/sluis.sleutels")).unwrap(), before);

    let gateway = Gateway::again(&there).await.unwrap();
    assert_eq!(readiness(&gateway).await.0, 200);
    let vendor =
        ["leverancier.pem", "leverancier.key"].map(|file| fs::read_to_string(there.join("tls").join(file)).unwrap());
    let client = Client::builder()
        .tls_certs_only([Certificate::from_pem(&fs::read(there.join("tls/ca.pem")).unwrap()).unwrap()])
        .identity(Identity::from_pem(vendor.concat().as_bytes()).unwrap())
        .no_proxy()
        .build()
        .unwrap();
    let status = |path: &str| {
        let request = client.get(format!("{}{path}", gateway.machine));
        async { request.send().await.unwrap().status().as_u16() }
    };
    assert_eq!(status("/v1/openapi.json").await, 200);
    assert_eq!(status("/v1/organisaties").await, 401, "known by its certificate, and still nobody without a token");
    assert_eq!(status("/v1/nergens").await, 404, "its certificate is that of the vendor in the register");
    gateway.stop().await.unwrap();
}

#[test]
fn check_says_everything_at_once_and_no_secret() {
    let (folder, there) = made("check");
    let config = there.join("sluis.toml");
    edit(&config, |text| {
        text.replace("body_bytes = 65536", "body_bites = 1")
            .replace("tls/uitgaand.key", "tls/server.key")
            .replace("# revocations = [\"tls/ca.crl\"]", "revocations = [\"tls/ca.crl\"]")
            .replace("-waal.toml\"]", "-waal.toml\", \"convenanten/nergens.toml\"]")
    });
    edit(&there.join("register.toml"), |text| {
        text.replacen("desk = \"school\"\ntelephone", "desk = \"bestuur\"\ntelephone", 1)
            .replacen("name =", "naam =", 1)
    });
    fs::set_permissions(there.join("sleutels/wachtzin"), fs::Permissions::from_mode(0o644)).unwrap();
    fs::set_permissions(there.join("tls/server.key"), fs::Permissions::from_mode(0o640)).unwrap();
    fs::remove_file(there.join("gegevens/sluis.db")).unwrap();
    let (code, said) = run(&folder, &["check", "--config", "sluis/sluis.toml"]);
    assert_eq!(code, 78, "{said}");
    for wanted in [
        "`limits.body_bites`: is not a known key",
        "`organisation[0].naam`: is not a known key",
        "`organisation[0].name`: is missing",
        "`organisation[0].contact[0].desk`",
        "sleutels/wachtzin` may be read by others",
        "tls/server.key` may be read by others",
        "uitgaand.pem: outbound calls cannot be set up",
        "tls/ca.crl` cannot be read as a revocation list",
        "nergens.toml: No such file",
        "`sluis migrate`",
    ] {
        assert!(said.contains(wanted), "`{wanted}` in:\n{said}");
    }
    assert!(!there.join("gegevens/sluis.db").exists(), "looking makes nothing");
}

/// What is changed, the exit code, and a word that must be said.
#[test]
fn check_tells_apart_what_is_wrong_and_what_is_only_out_of_reach() {
    let (folder, there) = made("check-codes");
    let config = there.join("sluis.toml");
    let whole = fs::read_to_string(&config).unwrap();
    let url = "postgres://sluis_app:hunter2@127.0.0.1:1/sluis";
    for (old, new, code, word) in [
        ("gegevens/sluis.db", "gegevens/sluis.db", 0, "in orde"),
        ("sqlite:gegevens/sluis.db", url, 69, "onbereikbaar"),
        ("sqlite:gegevens/sluis.db", "sqlite:elders/sluis.db", 78, "de map is er niet"),
        ("sleutels/sluis.sleutels", "sleutels/nieuw", 78, "`sluis keys`"),
        (
            "tls/uitgaand.pem\"\nkey = \"tls/uitgaand.key",
            "tls/server.pem\"\nkey = \"tls/server.key",
            78,
            "serialNumber",
        ),
        ("tls/uitgaand.key", "tls/server.key", 78, "outbound calls"),
        ("audience =", "audience = 1 #", 78, "`audience`"),
        ("[machine]", "[machine", 78, "not TOML"),
        ("tls/ca.pem\"     #", "tls/nergens.pem\" #", 78, "nergens.pem"),
    ] {
        fs::write(&config, whole.replacen(old, new, 1)).unwrap();
        let (ended, said) = run(&folder, &["check", "--config", "sluis/sluis.toml"]);
        assert!(ended == code && said.contains(word), "{new}: {ended}\n{said}");
        assert!(!said.contains("hunter2"), "{said}");
    }
    let (ended, said) = run(&folder, &["check", "--config", "nergens.toml"]);
    assert!(ended == 78 && said.contains("nergens.toml"), "{said}");
}
