//! Draws an SVG small, in its own thread and within limits.
//! Deliberately absent: references to other files, embedded pictures, fonts (text is not drawn),
//! gzip, and scripts.

use std::sync::mpsc;
use std::time::Duration;

use image::RgbaImage;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::roxmltree::{Document, Node, ParsingOptions};
use resvg::usvg::{self, ImageHrefResolver, Options, Tree};

use super::picture::{Decoded, IconError, MAX_SIDE, SVG_THREAD};
use super::raster::shrink;
use crate::domain::app::icon::IconFormat;

/// The longest wait for a drawing. A thread cannot be stopped from outside: a longer drawing
/// continues until it is done and is ignored. The limits below keep that rare.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// Larger than the preview, so that thin lines stay visible.
const CANVAS: u32 = 32;

const MAX_ELEMENTS: usize = 10_000;
const MAX_DEPTH: usize = 100;
/// Masks, clips, patterns and the like can refer to each other in chains, which the renderer
/// follows recursively.
const MAX_REFERABLE: usize = 200;
/// Side of a pattern tile, in drawn pixels: the renderer allocates the whole tile.
const MAX_TILE: f32 = 2048.0;
const MAX_OCTAVES: f32 = 16.0;
/// Virtual memory, used only as deep as the recursion goes. An overflow would end the process.
const STACK_BYTES: usize = 128 * 1024 * 1024;

const SVG_NAMESPACE: &str = "http://www.w3.org/2000/svg";
const DAMAGED: IconError = IconError::Damaged(IconFormat::Svg);

pub(super) fn decode(bytes: &[u8]) -> Result<Decoded, IconError> {
    let text = std::str::from_utf8(bytes).map_err(|_| IconError::UnknownFormat)?;
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if !text.starts_with('<') {
        return Err(IconError::UnknownFormat);
    }
    let text = text.to_owned();
    let (answer, answered) = mpsc::sync_channel(1);
    std::thread::Builder::new()
        .name(SVG_THREAD.to_owned())
        .stack_size(STACK_BYTES)
        .spawn(move || {
            // After the time-out, nothing receives the answer.
            let _ = answer.send(draw(&text));
        })
        .map_err(|_| IconError::TooComplex)?;
    match answered.recv_timeout(PATIENCE) {
        Ok(decoded) => decoded,
        Err(mpsc::RecvTimeoutError::Timeout) => Err(IconError::TooComplex),
        // The renderer panicked.
        Err(mpsc::RecvTimeoutError::Disconnected) => Err(DAMAGED),
    }
}

fn draw(text: &str) -> Result<Decoded, IconError> {
    let tree = parse(text)?;
    let side = side(tree.size())?;
    let scale = CANVAS as f32 / tree.size().width().max(tree.size().height());
    check_tiles(tree.root(), scale, 0)?;

    let mut canvas = Pixmap::new(CANVAS, CANVAS).ok_or(DAMAGED)?;
    resvg::render(
        &tree,
        Transform::from_scale(scale, scale),
        &mut canvas.as_mut(),
    );
    let pixels = canvas
        .pixels()
        .iter()
        .flat_map(|pixel| {
            let color = pixel.demultiply();
            [color.red(), color.green(), color.blue(), color.alpha()]
        })
        .collect();
    let picture = RgbaImage::from_raw(CANVAS, CANVAS, pixels).ok_or(DAMAGED)?;
    Ok((side, shrink(&picture)))
}

fn parse(text: &str) -> Result<Tree, IconError> {
    // Exported files often have document types, whose entities cannot read other files. The parser
    // limits their nesting, and the node limit their number.
    let options = ParsingOptions {
        allow_dtd: true,
        nodes_limit: (MAX_ELEMENTS * 4) as u32,
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(text, options).map_err(|error| match error {
        usvg::roxmltree::Error::NodesLimitReached => IconError::TooComplex,
        _ if text.contains("<svg") => DAMAGED,
        _ => IconError::UnknownFormat,
    })?;
    let root = document.root_element().tag_name();
    if root.name() != "svg" || root.namespace().is_some_and(|name| name != SVG_NAMESPACE) {
        return Err(IconError::UnknownFormat);
    }
    check_structure(document.root_element())?;

    let options = Options {
        // By default, a reference is opened as a file: this keeps `href="/etc/passwd"` out.
        image_href_resolver: ImageHrefResolver {
            resolve_data: Box::new(|_, _, _| None),
            resolve_string: Box::new(|_, _| None),
        },
        ..Options::default()
    };
    Tree::from_xmltree(&document, &options).map_err(|error| match error {
        usvg::Error::ElementsLimitReached
        | usvg::Error::ParsingFailed(usvg::roxmltree::Error::NodesLimitReached) => {
            IconError::TooComplex
        }
        _ => DAMAGED,
    })
}

fn check_structure(root: Node<'_, '_>) -> Result<(), IconError> {
    let (mut elements, mut referable) = (0_usize, 0_usize);
    let mut left = vec![(root, 0_usize)];
    while let Some((node, depth)) = left.pop() {
        elements += 1;
        if matches!(
            node.tag_name().name(),
            "clipPath" | "mask" | "pattern" | "filter" | "marker"
        ) {
            referable += 1;
        }
        // Each octave is another pass over every pixel, and the renderer accepts any number.
        let octaves = node.attribute("numOctaves").map(str::trim);
        if octaves.is_some_and(|number| !number.parse().is_ok_and(|n: f32| n <= MAX_OCTAVES)) {
            return Err(IconError::TooComplex);
        }
        if elements > MAX_ELEMENTS || depth > MAX_DEPTH || referable > MAX_REFERABLE {
            return Err(IconError::TooComplex);
        }
        let children = node.children().filter(Node::is_element);
        left.extend(children.map(|child| (child, depth + 1)));
    }
    Ok(())
}

fn check_tiles(group: &usvg::Group, scale: f32, depth: usize) -> Result<(), IconError> {
    if depth > MAX_DEPTH + MAX_REFERABLE {
        return Err(IconError::TooComplex);
    }
    for node in group.children() {
        if let usvg::Node::Path(path) = node {
            let paints = path.fill().map(usvg::Fill::paint);
            let paints = paints
                .into_iter()
                .chain(path.stroke().map(usvg::Stroke::paint));
            for paint in paints {
                if let usvg::Paint::Pattern(pattern) = paint {
                    let within = path.abs_transform().pre_concat(pattern.transform());
                    let (sx, sy) = within.get_scale();
                    let width = pattern.rect().width() * sx * scale;
                    let height = pattern.rect().height() * sy * scale;
                    // Worded so that NaN is refused too.
                    if !(width <= MAX_TILE && height <= MAX_TILE) {
                        return Err(IconError::TooComplex);
                    }
                }
            }
        }
        if let usvg::Node::Group(inner) = node {
            check_tiles(inner, scale, depth + 1)?;
        }
        let mut verdict = Ok(());
        node.subroots(|inner| {
            if verdict.is_ok() {
                verdict = check_tiles(inner, scale, depth + 1);
            }
        });
        verdict?;
    }
    Ok(())
}

/// The size of an SVG has a fraction after unit conversion (`10mm` is 37.795…): a thousandth counts
/// as rounding.
fn side(size: usvg::Size) -> Result<u32, IconError> {
    let longer = size.width().max(size.height());
    if (size.width() - size.height()).abs() > longer / 1000.0 {
        // Rounded in different directions, so that the message never says "100 × 100".
        let whole = |length: f32| {
            let apart = if length < longer {
                length.floor()
            } else {
                length.ceil()
            };
            apart as u32
        };
        return Err(IconError::NotSquare {
            w: whole(size.width()),
            h: whole(size.height()),
        });
    }
    if longer > MAX_SIDE as f32 {
        return Err(IconError::TooManyPixels);
    }
    Ok((longer.round() as u32).max(1))
}
