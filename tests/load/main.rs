// SPDX-License-Identifier: EUPL-1.2
//! How fast, beside what else there is: nginx as a bare proxy, the stack that a team would build otherwise, and the gateway,
//! in turns, in one run, on the same core. `tests/load/run` starts it; README.md there says how to read it.

mod client;
mod report;
mod requests;
mod servers;
mod standing;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;
use sluis_sandbox::behaviour::Behaviour;
use sluis_tests::database::{Database, owned};
use sluis_tests::gateway::trial_folder;
use sluis_tests::world::World;

use self::client::{Request, Target, closed_loop, handshakes, open_loop, tls};
use self::report::{Figure, Report};
use self::requests::{LEERPLICHT, SCHOOL, Tokens};
use self::servers::{Door, Server};
use self::standing::{Standing, on_disk, on_tmpfs};

const CONNECTIONS: [usize; 3] = [16, 64, 256];

/// The case that a case is set beside.
const BARE: &str = "nginx, bare";
const BARE_OPEN: &str = "nginx, bare, no TLS";
const FORWARDING: &str = "nginx, to the school's system";

struct Bench {
    world: World,
    folder: PathBuf,
    /// Number of the next request: each is made once.
    next: u64,
    each: Duration,
    rounds: usize,
    report: Report,
}

/// Where one case is asked, and whose CPU it takes.
struct Case<'a> {
    name: &'static str,
    beside: &'static str,
    target: Target,
    processes: &'a [u32],
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut number = |otherwise| arguments.next().map_or(otherwise, |text| text.parse().unwrap());
    let (seconds, rounds) = (number(3), number(3));
    let kept = std::env::args().nth(3).map(PathBuf::from);
    let parts: Vec<String> = std::env::args().skip(4).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(measure((Duration::from_secs(seconds), rounds as usize), kept, &parts));
}

/// Measures these parts, or all.
async fn measure((each, rounds): (Duration, usize), kept: Option<PathBuf>, parts: &[String]) {
    let wanted = |part: &str| parts.is_empty() || parts.iter().any(|wanted| wanted == part);
    let folder = trial_folder("load").unwrap();
    let world = World::start(&folder.join("world")).await.unwrap();
    let mut bench = Bench { world, folder, next: 0, each, rounds, report: Report::default() };
    if wanted("side-by-side") {
        bench.side_by_side().await;
    }
    if wanted("hands") {
        bench.shaking_hands().await;
    }
    if wanted("log") {
        bench.logging().await;
    }
    if wanted("delivery") {
        bench.through_to_delivery().await;
    }
    if wanted("too-much") {
        bench.too_much().await;
    }
    if wanted("start") {
        bench.starting().await;
    }
    bench.report.print();
    if let Some(file) = kept {
        bench.report.keep(&file, &json!({ "seconds": each.as_secs(), "rounds": rounds }));
    }
}

impl Bench {
    /// Everyone in turns. The receiver of the signals is there and never answers, so that what is measured is taking them in;
    /// what delivering them takes is measured by itself.
    async fn side_by_side(&mut self) {
        self.world.counterparts["back-office"].behave(Behaviour::Hangs).await.unwrap();
        let files = self.world.folder.clone();
        let backend = servers::backend(&self.folder);
        let bare = servers::bare_proxy(&self.folder, &files, backend.port, Door::Tls);
        let open = servers::bare_proxy(&self.folder, &files, backend.port, Door::Open);
        let system = self.world.counterparts["school-system"].address();
        let forwarding = servers::forwarding_proxy(&self.folder, &files, &system);
        let others = self.others(backend.port).await;
        let disk = Standing::roomy(&self.world, &self.folder, "disk", on_disk(&self.folder, "disk")).await;
        let memory = Standing::roomy(&self.world, &self.folder, "memory", on_tmpfs("memory")).await;
        for round in 0..self.rounds {
            for connections in CONNECTIONS {
                println!("round {} of {}, {connections} connections", round + 1, self.rounds);
                self.take(&self.bare(BARE, bare.port, Door::Tls, &[bare.id()]), connections).await;
                self.take(&self.bare(BARE_OPEN, open.port, Door::Open, &[open.id()]), connections).await;
                for (name, door, proxy, service) in &others {
                    let both = [proxy.id(), service.id()];
                    self.take(&self.bare(name, proxy.port, *door, &both), connections).await;
                }
                self.take(&self.at_school(forwarding.port, &[forwarding.id()]), connections).await;
                for (gateway, names) in [
                    (&disk, ["intake, ledger on disk", "status, ledger on disk", "question, ledger on disk"]),
                    (&memory, ["intake, ledger on tmpfs", "status, ledger on tmpfs", "question, ledger on tmpfs"]),
                ] {
                    self.all_of_gateway(gateway, names, connections).await;
                }
            }
        }
        disk.end().await;
        memory.end().await;
    }

    async fn all_of_gateway(&mut self, gateway: &Standing, names: [&'static str; 3], connections: usize) {
        let [intake, status, question] = names;
        let school = Tokens::of(&self.world, SCHOOL);
        let signal = requests::signal(school.clone());
        let follow = requests::standing(school, gateway.signals.clone());
        let ask = requests::question(&self.world, Tokens::of(&self.world, LEERPLICHT));
        for (name, beside, who, request, expects) in [
            (intake, BARE, "vendor", signal, 201),
            (status, BARE, "vendor", follow, 200),
            (question, FORWARDING, "municipality", ask, 200),
        ] {
            let target = self.target(gateway.port(), who, request, expects);
            self.take(&Case { name, beside, target, processes: &[gateway.id()] }, connections).await;
        }
    }

    /// Signals through a proxy that does nothing with them.
    fn bare<'a>(&self, name: &'static str, port: u16, door: Door, processes: &'a [u32]) -> Case<'a> {
        let signal = requests::signal(Tokens::of(&self.world, SCHOOL));
        let mut target = self.target(port, "vendor", signal, 201);
        if door == Door::Open {
            target.tls = None;
        }
        Case { name, beside: if door == Door::Open { BARE_OPEN } else { BARE }, target, processes }
    }

    /// Questions through a proxy to the very system that the gateway asks.
    fn at_school<'a>(&self, port: u16, processes: &'a [u32]) -> Case<'a> {
        let question = requests::question_at_school(&self.world, Tokens::of(&self.world, LEERPLICHT));
        let target = self.target(port, "municipality", question, 200);
        Case { name: FORWARDING, beside: FORWARDING, target, processes }
    }

    fn target(&self, port: u16, certificate: &str, request: Request, expects: u16) -> Target {
        let tls = tls(self.world.pki.ca_pem(), &self.world.certificates[certificate]);
        Target { port, tls: Some(tls), request, expects }
    }

    async fn take(&mut self, case: &Case<'_>, connections: usize) {
        let before = servers::cpu(case.processes);
        let sample = closed_loop(&case.target, connections, self.each, self.next).await;
        let cpu = servers::cpu(case.processes) - before;
        self.next += sample.took.len() as u64 + sample.failed + connections as u64;
        self.note(case, connections, (sample, cpu));
        tokio::time::sleep(Duration::from_millis(200)).await;
    }

    fn note(&mut self, case: &Case<'_>, connections: usize, (sample, cpu): (client::Sample, u64)) {
        let cpu = cpu as f64 / sample.took.len() as f64;
        println!("  {:<32} {:>7.0}/s {cpu:>8.1} µs, {} failed", case.name, sample.rate(), sample.failed);
        self.report.add(Figure { case: case.name, beside: case.beside, connections, sample, cpu });
    }

    /// The stack of others, with many rules and with few; none when its parts are not there.
    async fn others(&self, backend: u16) -> Vec<(&'static str, Door, Server, Arc<Server>)> {
        let (Some(python), Ok(database)) =
            (std::env::var_os("SLUIS_LOAD_PYTHON"), Database::Postgres.fresh(&self.folder).await)
        else {
            println!("skipped: the stack of others needs SLUIS_LOAD_PYTHON and a PostgreSQL");
            return Vec::new();
        };
        // The tables of others are made by the service itself.
        let database = owned(&database).unwrap();
        let key = self.folder.join("public.pem");
        std::fs::write(&key, self.world.providers["schools"].signing_key().public_pem()).unwrap();
        let service = |rules| Arc::new(servers::service(&self.folder, Path::new(&python), &database, (rules, &key)));
        let (many, few) = (service(400), service(20));
        let stack = |name, door, service: &Arc<Server>| {
            let ports = (backend, service.port);
            (name, door, servers::asking_proxy(&self.folder, &self.world.folder, ports, door), Arc::clone(service))
        };
        vec![
            stack("nginx + FastAPI, 400 rules", Door::Tls, &many),
            stack("nginx + FastAPI, 20 rules", Door::Tls, &few),
            stack("nginx + FastAPI, 20 rules, no TLS", Door::Open, &few),
        ]
    }

    /// New connections, each with the client's certificate and one small request.
    async fn shaking_hands(&mut self) {
        const NGINX: &str = "nginx, handshakes";
        let files = self.world.folder.clone();
        let backend = servers::backend(&self.folder);
        let bare = servers::bare_proxy(&self.folder, &files, backend.port, Door::Tls);
        let gateway = Standing::empty(&self.world, &self.folder, "hands", on_tmpfs("hands")).await;
        for _ in 0..self.rounds {
            for (name, port, process) in
                [(NGINX, bare.port, bare.id()), ("gateway, handshakes", gateway.port(), gateway.id())]
            {
                let target = self.target(port, "vendor", requests::knock(), 405);
                let before = servers::cpu(&[process]);
                let sample = handshakes(&target, 16, self.each).await;
                let cpu = servers::cpu(&[process]) - before;
                self.note(&Case { name, beside: NGINX, target, processes: &[] }, 16, (sample, cpu));
            }
        }
        gateway.end().await;
    }

    /// What its log costs: as shipped, where it says nothing of a request, and with every step.
    async fn logging(&mut self) {
        const SHIPPED: &str = "status, log as shipped";
        let mut gateways = Vec::new();
        for (name, level) in [(SHIPPED, None), ("status, log at debug", Some("debug"))] {
            let place = format!("log-{}", level.unwrap_or("shipped"));
            let gateway = Standing::empty(&self.world, &self.folder, &place, on_tmpfs(&place));
            gateways.push((name, gateway.await.logging(&self.world, level).await));
        }
        for _ in 0..self.rounds {
            for (name, gateway) in &gateways {
                let follow = requests::standing(Tokens::of(&self.world, SCHOOL), gateway.signals.clone());
                let target = self.target(gateway.port(), "vendor", follow, 200);
                self.take(&Case { name, beside: SHIPPED, target, processes: &[gateway.id()] }, 64).await;
            }
        }
        for (name, gateway) in gateways {
            self.report.single(&format!("{name}: lines in all"), gateway.lines() as f64);
            gateway.end().await;
        }
    }

    /// Signals that are also delivered: what taking one in and bringing it to its receiver takes together.
    async fn through_to_delivery(&mut self) {
        self.world.counterparts["back-office"].behave(Behaviour::Healthy).await.unwrap();
        for (name, place) in [("disk", on_disk(&self.folder, "through")), ("tmpfs", on_tmpfs("through"))] {
            let gateway = Standing::empty(&self.world, &self.folder, &format!("through-{name}"), place).await;
            let gateway = gateway.filled(&self.world).await;
            gateway.delivered(gateway.accepted()).await;
            let (cpu, began) = (servers::cpu(&[gateway.id()]), Instant::now());
            let target = self.target(gateway.port(), "vendor", requests::signal(Tokens::of(&self.world, SCHOOL)), 201);
            let sample = closed_loop(&target, 64, self.each, self.next).await;
            let signals = sample.took.len() as u64;
            self.next += signals + sample.failed + 64;
            gateway.delivered(gateway.accepted() + signals).await;
            let (taken, lasted) = (servers::cpu(&[gateway.id()]) - cpu, began.elapsed().as_secs_f64());
            let figure = |what: &str| format!("signal through to its delivery, ledger on {name}: {what}");
            self.report.single(&figure("taken in a second meanwhile"), sample.rate());
            self.report.single(&figure("delivered a second"), signals as f64 / lasted);
            self.report.single(&figure("CPU µs a signal"), taken as f64 / signals as f64);
            gateway.end().await;
        }
    }

    /// Twice as much as it can take, from whoever does not wait for answers. What is said to be taken in must be there after
    /// a power cut.
    async fn too_much(&mut self) {
        self.world.counterparts["back-office"].behave(Behaviour::Hangs).await.unwrap();
        let place = on_disk(&self.folder, "too-much");
        let gateway = Standing::empty(&self.world, &self.folder, "too-much", place).await.filled(&self.world).await;
        let target = self.target(gateway.port(), "vendor", requests::signal(Tokens::of(&self.world, SCHOOL)), 201);
        let peak = closed_loop(&target, 128, self.each, self.next).await;
        let (known, peak) = (gateway.accepted() + peak.took.len() as u64, peak.rate());
        self.next += 1_000_000;
        let sample = open_loop(&target, (1_024, 2.0 * peak), self.each * 3, self.next).await;
        let answers = sample.took.len() as u64;
        for (name, count) in gateway.counted("sluis_rejections_total").await {
            self.report.single(&format!("too much: {name}"), count);
        }
        let records = gateway.cut_off().await;
        let offered = (answers + sample.failed) as f64 / sample.lasted.as_secs_f64();
        self.report.single("too much: taken in a second at its peak", peak);
        self.report.single("too much: offered a second", offered);
        self.report.single("too much: taken in of the peak", sample.rate() / peak);
        self.report.single("too much: p99 ms of what was taken in", sample.percentile(0.99));
        self.report.single("too much: connections lost", sample.broken as f64);
        let missing = (known + answers).saturating_sub(records);
        self.report.single("too much: answers without a record", missing as f64);
        assert_eq!(missing, 0, "every signal that was said to be taken in is there after a power cut");
    }

    /// A start without data, and what it then takes up.
    async fn starting(&mut self) {
        let (mut ready, mut busy, mut idle) = (Vec::new(), Vec::new(), Vec::new());
        for turn in 0..5 {
            let name = format!("start-{turn}");
            let gateway = Standing::empty(&self.world, &self.folder, &name, on_disk(&self.folder, &name)).await;
            tokio::time::sleep(Duration::from_secs(1)).await;
            ready.push(gateway.ready.as_secs_f64() * 1e3);
            busy.push(gateway.busy as f64 / 1e3);
            idle.push(servers::memory(gateway.id()) as f64 / 1024.0);
            gateway.end().await;
        }
        self.report.middle("ready after ms", ready);
        self.report.middle("ready after ms of its own CPU", busy);
        self.report.middle("idle MiB", idle);
    }
}
