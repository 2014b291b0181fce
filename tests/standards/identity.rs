// SPDX-License-Identifier: EUPL-1.2
//! An identity provider that nobody here wrote issues the tokens: the gateway finds its keys by discovery, follows when it
//! takes another key (of another kind, even), keeps taking what the old key signed until that ends, and takes nothing that
//! the provider did not sign.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sluis_sandbox::forgery::{ForgedSignature, forged_token};
use sluis_sandbox::seed;
use sluis_sandbox::signing::TokenKey;
use sluis_tests::database::Database;
use sluis_tests::gateway::{Gateway, trial_folder};
use sluis_tests::world::{AUDIENCE, World};

use crate::standing::Standing;
use crate::tools::{root, run, workbench};

/// How long a token lives. The gateway asks an issuer for keys at most every thirty seconds, and this is longer.
const SECONDS: u64 = 50;
/// How far clocks may differ, by the gateway.
const LEEWAY: u64 = 10;

const CLIENT: &str = "leerlingsysteem";

/// The provider's process. It is killed when it is dropped.
struct Issuer {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    client_key: TokenKey,
    /// Its address, and the key that signs now.
    told: Value,
}

impl Issuer {
    fn start(world: &World) -> Self {
        let folder = workbench("identity");
        let program = folder.join("provider.mjs");
        std::fs::copy(root().join("tests/standards/identity/provider.mjs"), &program).unwrap();
        let server = world.pki.server().unwrap().write(&folder, "server").unwrap();
        let client_key = TokenKey::generate().unwrap();
        let mut child = std::process::Command::new("node")
            .arg(program)
            .env("AUDIENCE", AUDIENCE)
            .env("AUTHORITY", world.folder.join("ca.pem"))
            .env("CERTIFICATE", server.certificate)
            .env("KEY", server.key)
            .env("CLIENT", CLIENT)
            .env("CLIENT_KEY", client_key.jwk().to_string())
            .env("ORGANISATION", seed::SCHOOL)
            .env("PROFESSIONAL", "ib.wilgenhoek")
            .env("SECONDS", SECONDS.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (input, output) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        let mut issuer = Self { child, input, output, client_key, told: Value::Null };
        issuer.listen();
        issuer
    }

    fn listen(&mut self) {
        // It also says this and that about itself, in words.
        let said = self.output.by_ref().lines().map_while(Result::ok).find(|line| line.starts_with('{'));
        self.told = serde_json::from_str(&said.expect("the provider started")).unwrap();
    }

    fn address(&self) -> String {
        self.told["issuer"].as_str().unwrap().to_owned()
    }

    /// Signs with another key from now on, and still publishes the one before.
    fn rotate(&mut self) {
        let before = self.told.clone();
        writeln!(self.input, "rotate").unwrap();
        self.listen();
        assert_ne!((&self.told["kid"], &self.told["alg"]), (&before["kid"], &before["alg"]));
    }

    /// A token for the school's vendor, asked for with a signed statement over a connection that shows its certificate.
    async fn token(&self, standing: &Standing) -> String {
        let now = jiff::Timestamp::now().as_second();
        let statement = json!({
            "iss": CLIENT, "sub": CLIENT, "aud": self.address(), "jti": now.to_string() + self.told["kid"].as_str().unwrap(),
            "iat": now, "exp": now + 60,
        });
        let header = json!({ "alg": "ES256", "kid": self.client_key.kid() });
        let statement = self.client_key.sign(&header, &statement).unwrap();
        let form = format!(
            "grant_type=client_credentials&client_assertion={statement}\
             &client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"
        );
        let request = standing.client(Some("vendor")).post(format!("{}/token", self.address()));
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(form);
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        answer["access_token"].as_str().unwrap_or_else(|| panic!("no token: {answer}")).to_owned()
    }
}

impl Drop for Issuer {
    fn drop(&mut self) {
        let _killed = self.child.kill();
        let _waited = self.child.wait();
    }
}

fn part(token: &str, at: usize) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(at).unwrap()).unwrap()).unwrap()
}

/// A gateway whose school has its tokens from this provider.
async fn stand() -> (Standing, Issuer) {
    let folder = trial_folder("identity").unwrap();
    let world = World::start(&folder.join("world")).await.unwrap();
    let issuer = Issuer::start(&world);
    let register = world.folder.join("register.toml");
    let text = std::fs::read_to_string(&register).unwrap();
    let own = world.providers["schools"].issuer();
    std::fs::write(&register, text.replace(&format!("\"{own}\""), &format!("\"{own}\", \"{}\"", issuer.address())))
        .unwrap();
    let url = Database::Sqlite.fresh(&folder).await.unwrap();
    let gateway = Gateway::start(&world, &folder, &url).await.unwrap();
    (Standing { world, gateway, folder }, issuer)
}

async fn status(standing: &Standing, certificate: &str, token: &str) -> u16 {
    let request = standing.client(Some(certificate)).get(format!("{}/organisaties", standing.base()));
    request.bearer_auth(token).send().await.unwrap().status().as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn another_provider_is_believed_as_far_as_it_signed() {
    let (standing, mut issuer) = stand().await;
    let process = standing.gateway.id();
    let pupil = standing.register_pupil().await;
    let token = issuer.token(&standing).await;
    let (issued, claims) = (Instant::now(), part(&token, 1));
    assert_eq!((&part(&token, 0)["typ"], &part(&token, 0)["alg"]), (&json!("at+jwt"), &json!("ES256")));
    assert_eq!(claims["cnf"]["x5t#S256"], standing.world.certificates["vendor"].thumbprint());

    assert_eq!(standing.signal(&token, &pupil).await, 201, "a signal with a token of this provider");
    assert_eq!(
        status(&standing, "second-certificate-of-vendor", &token).await,
        401,
        "bound to one certificate (RFC 8705)"
    );
    refuse_forgeries(&standing, &issuer, &claims).await;

    issuer.rotate();
    let newer = issuer.token(&standing).await;
    assert_eq!(part(&newer, 0)["alg"], "PS256");
    let accepted = loop {
        let status = status(&standing, "vendor", &newer).await;
        if status == 200 || issued.elapsed() > Duration::from_secs(45) {
            break status;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    };
    assert_eq!(accepted, 200, "the new key is found while the gateway runs");
    assert_eq!(standing.signal(&newer, &pupil).await, 201);
    assert_eq!(status(&standing, "vendor", &token).await, 200, "what the old key signed counts until it ends");

    tokio::time::sleep(Duration::from_secs(SECONDS + LEEWAY + 1).saturating_sub(issued.elapsed())).await;
    assert_eq!(status(&standing, "vendor", &token).await, 401, "and no longer");
    assert_eq!(standing.gateway.id(), process, "it was never started again");
}

/// The same claims as the provider signed, for the same key, signed by anyone else or by nobody.
async fn refuse_forgeries(standing: &Standing, issuer: &Issuer, claims: &Value) {
    let header = |alg: &str| json!({ "typ": "at+jwt", "alg": alg, "kid": issuer.told["kid"] });
    let published = standing.client(Some("vendor")).get(format!("{}/jwks", issuer.address())).send().await.unwrap();
    let published: Value = published.json().await.unwrap();
    let public = published["keys"][0].to_string();
    let other = TokenKey::generate().unwrap();
    for (alg, signature) in [
        ("none", ForgedSignature::Absent),
        ("HS256", ForgedSignature::Hs256(public.as_bytes())),
        ("HS256", ForgedSignature::Hs256(b"")),
        ("ES256", ForgedSignature::Hs256(public.as_bytes())),
        ("ES256", ForgedSignature::Es256(&other)),
        ("ES256", ForgedSignature::Noise),
        ("PS256", ForgedSignature::Noise),
    ] {
        let forged = forged_token(&header(alg), claims, signature).unwrap();
        assert_eq!(status(standing, "vendor", &forged).await, 401, "{alg} {signature:?}");
    }
}

/// What runs here is really that provider.
#[test]
fn the_provider_is_the_one_of_the_lock_file() {
    let folder = workbench("identity-version");
    let program =
        "console.log(JSON.parse(require('fs').readFileSync('../../node_modules/oidc-provider/package.json')).version)";
    let done = run(std::process::Command::new("node").current_dir(&folder).args(["-e", program]));
    let lock: Value = serde_json::from_str(include_str!("npm/package-lock.json")).unwrap();
    assert_eq!(done.output.trim(), lock["packages"]["node_modules/oidc-provider"]["version"].as_str().unwrap());
}
