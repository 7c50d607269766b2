//! Measures how many requests a local server answers: sends the same bytes repeatedly over
//! connections that stay open, one thread each. Prints JSON for `benches/outside/serve.py`.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::PathBuf,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use clap::Parser;

const PATIENCE: Duration = Duration::from_secs(30);

/// Send the same request again and again.
#[derive(Parser)]
struct Args {
    /// Where it listens, at 127.0.0.1
    #[arg(long)]
    port: u16,
    /// The bytes of a request, head and body
    #[arg(long, value_name = "FILE")]
    request: PathBuf,
    /// How many at a time
    #[arg(long, default_value_t = 8)]
    connections: usize,
    /// For how long; the first tenth of it is not counted
    #[arg(long, default_value_t = 10.0)]
    seconds: f64,
}

fn main() -> Result<()> {
    let args = Args::parse();
    let request = std::fs::read(&args.request)?;
    let begin = Instant::now() + Duration::from_secs_f64(args.seconds / 10.0);
    let end = begin + Duration::from_secs_f64(args.seconds);
    let counted = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..args.connections)
            .map(|_| scope.spawn(|| connection(args.port, &request, begin, end)))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().ok().context("a connection panicked")?)
            .collect::<Result<Vec<Counted>>>()
    })?;
    let refused: u64 = counted.iter().map(|one| one.refused).sum();
    let mut took: Vec<u32> = counted.into_iter().flat_map(|one| one.took_us).collect();
    took.sort_unstable();
    // Nearest rank, in integers: 1-based, never the zeroth.
    let percentile = |q: usize| {
        let rank = (took.len() * q).div_ceil(100).max(1);
        took.get(rank - 1).copied().unwrap_or_default()
    };
    let printed = serde_json::json!({
        "answers": took.len(),
        "refused": refused,
        "seconds": args.seconds,
        "p50_us": percentile(50),
        "p99_us": percentile(99),
        "worst_us": took.last(),
    });
    writeln!(std::io::stdout(), "{printed}")?;
    Ok(())
}

#[derive(Default)]
struct Counted {
    took_us: Vec<u32>,
    refused: u64,
}

fn connection(port: u16, request: &[u8], begin: Instant, end: Instant) -> Result<Counted> {
    let mut out = TcpStream::connect(("127.0.0.1", port))?;
    out.set_nodelay(true)?;
    out.set_read_timeout(Some(PATIENCE))?;
    let mut answers = BufReader::new(out.try_clone()?);
    let mut counted = Counted::default();
    let mut line = String::new();
    loop {
        let since = Instant::now();
        if since >= end {
            return Ok(counted);
        }
        out.write_all(request)?;
        let is_ok = answer(&mut answers, &mut line)?;
        if since < begin {
            continue;
        }
        if is_ok {
            let micros = since.elapsed().as_micros();
            counted.took_us.push(u32::try_from(micros)?);
        } else {
            counted.refused += 1;
        }
    }
}

/// Reads one response to its end. Returns whether its status was 200.
fn answer(from: &mut BufReader<TcpStream>, line: &mut String) -> Result<bool> {
    next_line(from, line)?;
    let is_ok = line.starts_with("HTTP/1.1 200");
    let mut length = None;
    loop {
        next_line(from, line)?;
        let Some((name, value)) = line.split_once(':') else {
            break;
        };
        if name.eq_ignore_ascii_case("content-length") {
            length = Some(value.trim().parse()?);
        }
    }
    let length: u64 = length.context("an answer without Content-Length")?;
    let read = std::io::copy(&mut from.take(length), &mut std::io::sink())?;
    ensure!(read == length, "an answer was cut short");
    Ok(is_ok)
}

fn next_line(from: &mut BufReader<TcpStream>, line: &mut String) -> Result<()> {
    line.clear();
    ensure!(from.read_line(line)? > 0, "the server hung up");
    Ok(())
}
