// SPDX-License-Identifier: EUPL-1.2
//! What holds for every answer, whatever became of the request.

use super::*;

#[actix_web::test]
async fn what_is_not_there_or_not_readable_is_a_problem_of_its_own() {
    let stage = Stage::set().await;
    let vendor = stage.vendor();
    let client = outbound(&stage.pki, Some(&vendor));
    let token = stage.token(&stage.claims(&vendor, "p-1"));
    let json = Some("application/json");
    let large = format!("{{\"left\":1,\"right\":2{}}}", " ".repeat(64 * 1024));
    let rows: &[(&str, &str, Option<&str>, &str, u16)] = &[
        ("POST", "/v1/sommen", json, "{\"left\":1,\"right\":2}", 200),
        ("POST", "/v1/sommen", Some("application/json; charset=utf-8"), "{\"left\":1,\"right\":2}", 200),
        ("POST", "/v1/sommen", json, "{\"left\":1}", 400),
        ("POST", "/v1/sommen", json, "{\"left\":1,\"right\":2,\"extra\":3}", 400),
        ("POST", "/v1/sommen", json, "geen json", 400),
        ("POST", "/v1/sommen", json, "{\"left\":4294967295,\"right\":2}", 409),
        ("POST", "/v1/sommen", json, &large, 413),
        ("POST", "/v1/sommen", Some("text/plain"), "{\"left\":1,\"right\":2}", 415),
        ("POST", "/v1/sommen", None, "{\"left\":1,\"right\":2}", 415),
        ("GET", "/v1/sommen", None, "", 405),
        ("DELETE", "/v1/sommen", None, "", 405),
        ("GET", "/v1/sommen/", None, "", 404),
        ("GET", "/v1/wie/", None, "", 404),
        ("GET", "/v1/nergens", None, "", 404),
        ("GET", "/v1/nummers/7", None, "", 200),
        ("GET", "/v1/nummers/zeven", None, "", 404),
        ("GET", "/v1/openapi.json/", None, "", 404),
    ];
    for (method, path, kind, content, status) in rows {
        let mut request = stage.request(method, path, Some(&token));
        if let Some(kind) = kind {
            request.headers_mut().insert("content-type", kind.parse().unwrap());
        }
        *request.body_mut() = Some((*content).to_owned().into());
        let answer = client.exchange(request).await.unwrap();
        assert_eq!(answer.status, *status, "{method} {path} {kind:?}");
        assert_clean(&answer, *status);
        if *status == 405 {
            assert_eq!(answer.headers["allow"], "POST");
        }
        if *status == 409 {
            assert!(body(&answer)["detail"].as_str().unwrap().starts_with("Er is geen melding gedaan."), "RL-10");
        }
    }
    for (name, value, status) in [
        ("accept", "text/html".to_owned(), 406),
        ("accept", "application/json".to_owned(), 200),
        ("x-lang", "x".repeat(17 * 1024), 431),
    ] {
        let mut request = stage.request("GET", "/v1/wie", Some(&token));
        request.headers_mut().insert(name, value.parse().unwrap());
        assert_clean(&client.exchange(request).await.unwrap(), status);
    }
    let mut request = stage.request("GET", "/v1/wie", Some(&token));
    let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    request.headers_mut().insert("traceparent", parent.parse().unwrap());
    let answer = client.exchange(request).await.unwrap();
    let ours = answer.headers["traceparent"].to_str().unwrap();
    assert!(ours.starts_with("00-4bf92f3577b34da6a3ce929d0e0e4736-") && ours != parent, "{ours}");
    stage.gateway.stop(false).await;
}

/// Sends these bytes over TLS with a certificate, and answers what comes back before the connection ends.
fn raw(stage: &Stage, identity: &Issued, sent: &str) -> std::thread::JoinHandle<String> {
    use rustls::pki_types::{CertificateDer, PrivateKeyDer};
    use std::io::{Read, Write};
    let mut roots = rustls::RootCertStore::empty();
    roots.add(PemObject::from_pem_slice(stage.pki.ca_pem().as_bytes()).unwrap()).unwrap();
    let chain = vec![CertificateDer::from(identity.der().to_vec())];
    let key = PrivateKeyDer::from_pem_slice(identity.key_pem.as_bytes()).unwrap();
    let config =
        rustls::ClientConfig::builder().with_root_certificates(roots).with_client_auth_cert(chain, key).unwrap();
    let (address, sent) = (stage.base.replace("https://", ""), sent.to_owned());
    std::thread::spawn(move || {
        let session = rustls::ClientConnection::new(Arc::new(config), "localhost".try_into().unwrap()).unwrap();
        let socket = std::net::TcpStream::connect(address).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let mut stream = rustls::StreamOwned::new(session, socket);
        stream.write_all(sent.as_bytes()).unwrap();
        let mut answer = Vec::new();
        // A server that cuts the connection without a farewell ends the reading as well.
        let _ended = stream.read_to_end(&mut answer);
        String::from_utf8(answer).unwrap()
    })
}

#[actix_web::test]
async fn a_caller_who_dawdles_is_not_waited_for() {
    let stage = Stage::set().await;
    let vendor = stage.vendor();
    let token = stage.token(&stage.claims(&vendor, "p-1"));
    let head = format!(
        "POST /v1/sommen HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: 20\r\n"
    );
    let begun = std::time::Instant::now();
    let body = raw(&stage, &vendor, &format!("{head}\r\n{{"));
    let headers = raw(&stage, &vendor, &head);
    let answers = actix_web::web::block(move || (body.join().unwrap(), headers.join().unwrap())).await.unwrap();
    assert!(answers.0.starts_with("HTTP/1.1 408"), "{}", answers.0);
    assert!(answers.0.contains("urn:sluis:probleem:te-langzaam"), "{}", answers.0);
    assert!(answers.1.starts_with("HTTP/1.1 408"), "{}", answers.1);
    assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
    stage.gateway.stop(false).await;
}

#[actix_web::test]
async fn a_graceful_stop_finishes_what_it_accepted() {
    let stage = Stage::set().await;
    let vendor = stage.vendor();
    let client = outbound(&stage.pki, Some(&vendor));
    let token = stage.token(&stage.claims(&vendor, "p-1"));
    assert_eq!(stage.get(&client, "/v1/wie", Some(&token)).await.status, 200);
    let request = stage.request("GET", "/v1/traag", Some(&token));
    let slow = actix_web::rt::spawn(async move { client.exchange(request).await.map(|answer| answer.status) });
    // Accepted by then, and not answered yet.
    tokio::time::sleep(Duration::from_secs(1)).await;
    stage.gateway.stop(true).await;
    assert_eq!(slow.await.unwrap(), Ok(200));
}
