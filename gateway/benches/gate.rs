// SPDX-License-Identifier: EUPL-1.2
//! What stands before every request: the token, found again or verified, and the role, in tables of any size beside casbin
//! itself, which must give the same answers: `cargo bench --workspace --bench gate -- [SHARE]`. With a share of 100, casbin is
//! asked a hundredth of the questions.

#![expect(clippy::expect_used, reason = "a measurement that cannot be set up has nothing to say")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use casbin::prelude::{CoreApi, DefaultModel, Enforcer, StringAdapter};
use sluis::identity::{Issuers, Tokens};
use sluis::tls::{self, Thumbprint};
use sluis_connectors::{Outbound, Reach, Settings};
use sluis_policy::roles::{RoleGrant, SHIPPED_MODEL, load};
use sluis_policy::{Action, Desk, Purpose, Role, RoleTable, Thing};
use sluis_sandbox::forgery::plausible_header;
use sluis_sandbox::pki::Pki;
use sluis_sandbox::provider::{Provider, ProviderClient, ProviderSettings};

const AUDIENCE: &str = "https://sluis.test";
const OIN: &str = "99000000000000000001";
const RULES: [(usize, usize); 3] = [(400, 100_000), (10_000, 2_000), (100_000, 100)];
/// How many different tokens are verified.
const TOKENS: usize = 2_000;

fn main() {
    let share = std::env::args().skip(1).find_map(|argument| argument.parse::<usize>().ok()).unwrap_or(1);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        tokens().await;
        println!("   rules   cells  ns a decision  casbin µs  times  requests, equal answers");
        for (rules, requests) in RULES {
            roles(rules, (requests / share).max(1)).await;
        }
    });
}

/// One token again and again, beside tokens that nobody has seen.
async fn tokens() {
    tls::install_provider();
    let pki = Pki::new("Sluis test-CA").expect("an authority");
    let client = ProviderClient { client_id: "c".into(), certificate_oin: OIN.into(), acts_for: vec![OIN.into()] };
    let settings = ProviderSettings { pki: &pki, audience: AUDIENCE.into(), clients: vec![] };
    let provider = Provider::start(settings).await.expect("a provider");
    let shown = pki.client("Leerlingsysteem BV", OIN).expect("a certificate");
    let key = provider.signing_key();
    let made: Vec<String> = (0..TOKENS)
        .map(|_| {
            let claims = provider.claims(&client, "ib", OIN, &shown.thumbprint()).expect("claims");
            let claims = serde_json::to_value(claims).expect("claims");
            key.sign(&plausible_header(&key), &claims).expect("a token")
        })
        .collect();
    let thumbprint = Thumbprint::of(&pem_to_der(&shown.certificate_pem));
    let checked = Tokens::new(AUDIENCE.into(), Issuers::new(outbound(&pki)), 64);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock").as_micros();
    let now = i64::try_from(now).expect("a clock");
    let verify = async |token: &str| {
        let claims = checked.verify(token, thumbprint, now, |_| true).await;
        black_box(claims.expect("an honest token"));
    };
    let (first, others) = made.split_first().expect("tokens");
    verify(first).await;
    let began = Instant::now();
    for token in others {
        verify(token).await;
    }
    let fresh = began.elapsed().as_secs_f64() / others.len() as f64;
    let began = Instant::now();
    for token in made.iter().cycle().take(100 * TOKENS) {
        verify(token).await;
    }
    let found = began.elapsed().as_secs_f64() / (100 * TOKENS) as f64;
    println!("token: verified {:.1} µs, found again {:.2} µs, {:.0} times", fresh * 1e6, found * 1e6, fresh / found);
}

fn outbound(pki: &Pki) -> Outbound {
    Outbound::new(Settings {
        roots_pem: pki.ca_pem().into(),
        identity: None,
        reach: Reach::new([], ["localhost".parse().expect("a host")]),
        connect_within: Duration::from_secs(5),
        answer_within: Duration::from_secs(10),
    })
    .expect("a client")
}

fn pem_to_der(pem: &str) -> Vec<u8> {
    use base64::Engine as _;
    let lines: String = pem.lines().skip(1).take_while(|line| !line.starts_with('-')).collect();
    base64::engine::general_purpose::STANDARD.decode(lines).expect("a certificate")
}

/// A policy of so many rows, as the product and as casbin read it.
async fn roles(rules: usize, requests: usize) {
    let mut dice = Dice(rules as u64);
    let asked: Vec<RoleGrant> = cells().into_iter().filter(RoleGrant::is_asked).collect();
    let policy = policy(rules, &asked, &mut dice);
    let table = load(SHIPPED_MODEL, &policy).await.expect("a table");
    let model = DefaultModel::from_str(SHIPPED_MODEL).await.expect("a model");
    let casbin = Enforcer::new(model, StringAdapter::new(policy)).await.expect("an enforcer");
    let granted: Vec<RoleGrant> = table.grants().copied().collect();
    // Half of what is asked stands near an existing row: the same, or with one word changed.
    let questions: Vec<RoleGrant> = (0..requests)
        .map(|number| if number % 2 == 0 { near(*dice.one_of(&granted), &mut dice) } else { *dice.one_of(&asked) })
        .collect();
    let began = Instant::now();
    let theirs: Vec<bool> = questions.iter().map(|cell| enforce(&casbin, cell)).collect();
    let casbin = began.elapsed().as_secs_f64() / requests as f64;
    let differing = questions.iter().zip(&theirs).filter(|(cell, allowed)| table.allows(cell) != **allowed).count();
    assert_eq!(differing, 0, "the table answers as casbin does");
    let ours = decisions(&table, &questions);
    println!(
        "{rules:>8}  {:>6}  {:>13.1}  {:>9.1}  {:>5.0}  {requests}, {} allowed",
        granted.len(),
        ours * 1e9,
        casbin * 1e6,
        casbin / ours,
        theirs.iter().filter(|allowed| **allowed).count(),
    );
}

fn decisions(table: &RoleTable, questions: &[RoleGrant]) -> f64 {
    const TURNS: usize = 1_000_000;
    let began = Instant::now();
    for cell in questions.iter().cycle().take(TURNS) {
        black_box(table.allows(black_box(cell)));
    }
    began.elapsed().as_secs_f64() / TURNS as f64
}

fn enforce(casbin: &Enforcer, cell: &RoleGrant) -> bool {
    let RoleGrant { role, desk, action, thing, purpose } = cell;
    let asked = (role.code(), desk.code(), action.code(), thing.code(), purpose.code());
    casbin.enforce(asked).expect("an answer")
}

fn cells() -> Vec<RoleGrant> {
    let mut cells = Vec::new();
    let things: Vec<Thing> = Thing::all().collect();
    for role in Role::ALL {
        for desk in Desk::ALL {
            for action in Action::ALL {
                for purpose in Purpose::ALL {
                    let (role, desk, action, purpose) = (*role, *desk, *action, *purpose);
                    cells.extend(things.iter().map(|thing| RoleGrant { role, desk, action, thing: *thing, purpose }));
                }
            }
        }
    }
    cells
}

/// Rows for roles, and then, when every cell could have one, for groups of one role each: a large organisation's policy says
/// the same in many ways.
fn policy(rules: usize, asked: &[RoleGrant], dice: &mut Dice) -> String {
    let (mut text, mut seen) = (String::new(), std::collections::HashSet::new());
    let mut groups = 0;
    while seen.len() < rules {
        let cell = dice.one_of(asked);
        let group = dice.up_to(1 + rules as u64 / 400);
        let subject =
            if group == 0 { cell.role.code().to_owned() } else { format!("groep_{group}_{}", cell.role.code()) };
        let row = format!(
            "p, {subject}, {}, {}, {}, {}\n",
            cell.desk.code(),
            cell.action.code(),
            cell.thing.code(),
            cell.purpose.code()
        );
        if seen.insert(row.clone()) {
            text.push_str(&row);
            let link = format!("g, {}, {subject}\n", cell.role.code());
            if group > 0 && seen.insert(link.clone()) {
                groups += 1;
                let _infallible = write!(text, "{link}");
            }
        }
    }
    assert!(groups < seen.len(), "most rows grant something");
    text
}

/// The cell, or one that differs in one word.
fn near(cell: RoleGrant, dice: &mut Dice) -> RoleGrant {
    match dice.up_to(4) {
        0 => RoleGrant { role: *dice.one_of(Role::ALL.as_ref()), ..cell },
        1 => RoleGrant { desk: *dice.one_of(Desk::ALL.as_ref()), ..cell },
        2 => RoleGrant { action: *dice.one_of(Action::ALL.as_ref()), ..cell },
        _ => cell,
    }
}

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn up_to(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    fn one_of<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let place = usize::try_from(self.up_to(of.len() as u64)).expect("a place");
        of.get(place).expect("a place")
    }
}
