//! Turns a sequence of screens into one animated SVG picture. Pure: buffers in, text out.

use std::{collections::BTreeMap, fmt::Write as _};

use ratatui::{buffer::Buffer, layout::Position};

use crate::svg;

/// A picture of a film, and how long to show it.
pub struct Frame {
    pub buffer: Buffer,
    pub cursor: Option<Position>,
    pub ms: u32,
}

/// Plays the frames in a loop. A row is drawn once for all the times at which it looks the same,
/// and CSS shows it then. With reduced motion, only the last frame is shown.
pub fn svg(frames: &[Frame]) -> String {
    let Some(first) = frames.first() else {
        return String::new();
    };
    let total: u32 = frames.iter().map(|frame| frame.ms).sum();
    let mut names: BTreeMap<Times, usize> = BTreeMap::new();
    let mut body = String::new();
    for y in 0..first.buffer.area.height {
        for (drawn, times) in row_over_time(frames, y) {
            if times == [(0, total)] {
                body.push_str(&drawn);
            } else if !drawn.is_empty() {
                let is_last = times.last().is_some_and(|(_, to)| *to == total);
                let class = if is_last { " class=\"z\"" } else { "" };
                let next = names.len();
                let name = names.entry(times).or_insert(next);
                let _ = writeln!(
                    body,
                    "<g{class} style=\"animation-name:k{name}\">{drawn}</g>"
                );
            }
        }
    }
    let mut style = format!(
        "g g{{visibility:hidden;animation:{}s step-end infinite}}\n",
        f64::from(total) / 1000.0
    );
    for (times, name) in names {
        let _ = writeln!(style, "@keyframes k{name}{{{}}}", keyframes(&times, total));
    }
    style.push_str(
        "@media (prefers-reduced-motion:reduce){g g{animation:none}g .z{visibility:visible}}\n",
    );
    let mut out = svg::head(&first.buffer, &style);
    out.push_str(&body);
    out.push_str("</g>\n</svg>\n");
    out
}

/// Start and end in milliseconds, in order.
type Times = Vec<(u32, u32)>;

fn row_over_time(frames: &[Frame], y: u16) -> Vec<(String, Times)> {
    let mut rows: Vec<(String, Times)> = Vec::new();
    let mut at = 0;
    for frame in frames {
        let mut drawn = String::new();
        svg::drawn_row(&mut drawn, &frame.buffer, frame.cursor, y);
        let to = at + frame.ms;
        match rows.iter_mut().find(|(other, _)| *other == drawn) {
            Some((_, times)) => match times.last_mut() {
                Some((_, end)) if *end == at => *end = to,
                _ => times.push((at, to)),
            },
            None => rows.push((drawn, vec![(at, to)])),
        }
        at = to;
    }
    rows
}

fn keyframes(times: &[(u32, u32)], total: u32) -> String {
    let percent = |ms: u32| f64::from(ms) * 100.0 / f64::from(total);
    let mut out = String::new();
    if times.first().is_some_and(|(from, _)| *from > 0) {
        out.push_str("0%{visibility:hidden}");
    }
    for (from, to) in times {
        let _ = write!(out, "{:.3}%{{visibility:visible}}", percent(*from));
        if *to < total {
            let _ = write!(out, "{:.3}%{{visibility:hidden}}", percent(*to));
        }
    }
    out
}
