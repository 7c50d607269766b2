//! Icons on disk and malicious bytes; real pictures are in `tests/data/icons/`.

use std::fs;
use std::io::Cursor;
use std::time::{Duration, Instant};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use image::{DynamicImage, GrayImage, ImageFormat, Rgba, RgbaImage};
use proptest::prelude::*;

use super::{IconError, from_bytes, named, read};
use crate::domain::app::icon::{IconFormat, MAX_BYTES, PREVIEW_SIDE};
use crate::files::picture::MAX_SIDE;

const PNG: &[u8] = include_bytes!("../../../tests/data/icons/square.png");
const JPEG: &[u8] = include_bytes!("../../../tests/data/icons/square.jpg");
const GIF: &[u8] = include_bytes!("../../../tests/data/icons/square.gif");
const SVG: &[u8] = include_bytes!("../../../tests/data/icons/square.svg");
const WIDE: &[u8] = include_bytes!("../../../tests/data/icons/wide.png");

const REAL: [(&str, &[u8], IconFormat); 4] = [
    ("square.png", PNG, IconFormat::Png),
    ("square.jpg", JPEG, IconFormat::Jpeg),
    ("square.gif", GIF, IconFormat::Gif),
    ("square.svg", SVG, IconFormat::Svg),
];

fn png(picture: impl Into<DynamicImage>) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture
        .into()
        .write_to(&mut bytes, ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}

fn svg(attributes: &str, inside: &str) -> Vec<u8> {
    format!(r#"<svg xmlns="http://www.w3.org/2000/svg" {attributes}>{inside}</svg>"#).into_bytes()
}

fn refusal(bytes: impl Into<Vec<u8>>) -> IconError {
    from_bytes(bytes.into()).expect_err("refused")
}

#[test]
fn each_format_is_read_from_disk_with_its_size_and_fingerprint() {
    for (name, bytes, format) in REAL {
        let icon = read(&format!("tests/data/icons/{name}")).unwrap();
        assert_eq!(icon.about.format, format);
        assert_eq!(icon.about.side, 64);
        assert_eq!(icon.bytes, bytes);
        assert_eq!(icon.about.sha256.len(), 64);
    }
    let known = from_bytes(SVG.to_vec()).unwrap().about.sha256;
    assert_eq!(
        known,
        "2183d124afa0992a471a3501eaf379b34f37237fec9d8728bfec04ac4dde0e18"
    );
}

#[test]
fn a_manifest_names_an_icon_by_a_path_beside_it_or_as_a_data_url() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("icons")).unwrap();
    let file = folder.path().join("icons/a b.png");
    fs::write(&file, PNG).unwrap();
    let hash = from_bytes(PNG.to_vec()).unwrap().about.sha256;
    let coded = STANDARD.encode(PNG);
    // In a URL, the signs of base64 may be escaped.
    let escaped = coded
        .replace('+', "%2B")
        .replace('/', "%2F")
        .replace('=', "%3D");
    for text in [
        "icons/a b.png",
        "./icons/../icons/a b.png",
        file.to_str().unwrap(),
        &format!("data:image/png;base64,{coded}"),
        &format!("data:image/png;base64,{escaped}"),
        // What the data is decides the content.
        &format!("data:;base64,{coded}"),
    ] {
        let icon = named(text, folder.path()).unwrap();
        assert_eq!(
            (&icon.about.sha256, icon.bytes.as_slice()),
            (&hash, PNG),
            "{text}"
        );
    }
    let drawn = r#"<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>"#;
    let percent = drawn
        .replace('<', "%3C")
        .replace('>', "%3E")
        .replace('"', "%22");
    let icon = named(&format!("data:image/svg+xml,{percent}"), folder.path()).unwrap();
    assert_eq!(
        (icon.about.format, icon.bytes),
        (IconFormat::Svg, drawn.into())
    );
    for (text, says) in [
        ("icons/none.png", "File not found"),
        ("icons", "a folder or a device"),
        ("", "a folder or a device"),
        ("data:image/png;base64,%%%", "not valid base64"),
        ("data:image/png;base64", "not a picture"),
        ("data:", "not a picture"),
        ("data:image/png,hello", "not a picture"),
    ] {
        let refused = named(text, folder.path()).unwrap_err();
        assert!(refused.contains(says), "{text}: {refused}");
    }
}

#[test]
fn the_preview_shows_the_picture_in_every_format() {
    for (name, bytes, _) in REAL {
        let preview = from_bytes(bytes.to_vec()).unwrap().preview;
        assert_eq!(preview.pixels.len(), PREVIEW_SIDE * PREVIEW_SIDE);
        let at = |x: usize, y: usize| preview.pixels[y * PREVIEW_SIDE + x];
        let near = |pixel: Option<[u8; 3]>, expected: [u8; 3]| {
            pixel.is_some_and(|p| p.iter().zip(expected).all(|(a, b)| a.abs_diff(b) < 24))
        };
        assert!(near(at(7, 5), [0xf2, 0xa9, 0x3b]), "{name}: {:?}", at(7, 5));
        assert!(near(at(7, 10), [0xe5, 0x48, 0x4d]), "{name}");
        assert!(near(at(7, 1), [0x1f, 0x6f, 0xeb]), "{name}");
        match name {
            "square.jpg" => assert!(near(at(0, 0), [255; 3]), "no transparency in a JPEG"),
            _ => assert_eq!(at(0, 0), None, "{name}"),
        }
    }
}

#[test]
fn color_hidden_under_transparent_pixels_does_not_reach_the_preview() {
    let picture = RgbaImage::from_fn(32, 32, |x, _| {
        if x % 2 == 0 {
            Rgba([200, 100, 50, 255])
        } else {
            Rgba([0, 255, 0, 2])
        }
    });
    let preview = from_bytes(png(picture)).unwrap().preview;
    let [r, g, b] = preview.pixels[0].unwrap();
    assert!(r > 195 && (98..105).contains(&g) && b > 45, "{r} {g} {b}");
}

#[test]
fn a_picture_smaller_than_the_preview_fills_it() {
    let preview = from_bytes(png(RgbaImage::from_pixel(1, 1, Rgba([1, 2, 3, 255]))));
    let preview = preview.unwrap().preview;
    assert!(preview.pixels.iter().all(|p| *p == Some([1, 2, 3])));
}

#[test]
fn the_content_decides_and_not_the_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("icon.png");
    fs::write(&path, GIF).unwrap();
    let icon = read(path.to_str().unwrap()).unwrap();
    assert_eq!(icon.about.format, IconFormat::Gif);
}

#[test]
fn a_picture_that_is_not_square_is_told_its_size() {
    assert_eq!(refusal(WIDE), IconError::NotSquare { w: 64, h: 48 });
    assert_eq!(
        refusal(WIDE).to_string(),
        "The picture is 64 × 48. Choose a square one."
    );
    for (attributes, w, h) in [
        (r#"width="640" height="480""#, 640, 480),
        (r#"viewBox="0 0 24 12""#, 24, 12),
        (r#"width="100.4" height="100""#, 101, 100),
    ] {
        let refused = refusal(svg(attributes, r#"<rect width="9" height="9"/>"#));
        assert_eq!(refused, IconError::NotSquare { w, h }, "{attributes}");
    }
}

#[test]
fn an_svg_is_as_large_as_it_declares() {
    for (attributes, side) in [
        (r#"width="10mm" height="1cm""#, 38),
        (r#"viewBox="0 0 24 24""#, 24),
        (r#"width="512" height="512.2" viewBox="0 0 9 9""#, 512),
        (r#"width="0.2" height="0.2""#, 1),
    ] {
        let icon = from_bytes(svg(attributes, r#"<rect width="9" height="9"/>"#)).unwrap();
        assert_eq!(icon.about.side, side, "{attributes}");
    }
    assert_eq!(
        refusal(svg(r#"viewBox="0 0 5000 5000""#, "")),
        IconError::TooManyPixels
    );
}

#[test]
fn two_million_bytes_are_read_and_one_more_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("icon.png");
    let mut bytes = PNG.to_vec();
    bytes.resize(usize::try_from(MAX_BYTES).unwrap(), 0);
    fs::write(&path, &bytes).unwrap();
    assert!(read(path.to_str().unwrap()).is_ok());
    bytes.push(0);
    fs::write(&path, &bytes).unwrap();
    assert_eq!(read(path.to_str().unwrap()), Err(IconError::TooLarge));
}

#[test]
fn a_small_file_that_unpacks_into_too_many_pixels_is_refused() {
    let bytes = png(GrayImage::new(MAX_SIDE + 1, MAX_SIDE + 1));
    assert!((bytes.len() as u64) < MAX_BYTES);
    assert_eq!(refusal(bytes), IconError::TooManyPixels);
}

#[test]
fn a_header_that_promises_gigabytes_is_refused_before_they_are_taken() {
    let mut bytes = PNG.to_vec();
    bytes[16..24].copy_from_slice(&[0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff]);
    let refused = refusal(bytes);
    assert!(matches!(
        refused,
        IconError::TooManyPixels | IconError::Damaged(IconFormat::Png)
    ));
}

#[test]
fn a_picture_that_was_cut_off_is_damaged() {
    for (name, bytes, format) in REAL {
        let cut = &bytes[..bytes.len() * 2 / 3];
        assert_eq!(refusal(cut), IconError::Damaged(format), "{name}");
    }
}

#[test]
fn a_jpeg_keeps_its_end_behind_a_thumbnail_that_ends_too() {
    // An APP1 segment with a whole small JPEG, as cameras write it.
    let inner = [0xFF, 0xDA, 0, 1, 0xFF, 0xD9];
    let mut bytes = JPEG[..2].to_vec();
    bytes.extend([0xFF, 0xE1, 0, 8]);
    bytes.extend(inner);
    bytes.extend(&JPEG[2..]);
    assert!(from_bytes(bytes.clone()).is_ok());
    bytes.truncate(bytes.len() - 100);
    assert_eq!(refusal(bytes), IconError::Damaged(IconFormat::Jpeg));
}

#[test]
fn other_files_are_told_which_formats_will_do() {
    for bytes in [
        b"".as_slice(),
        b"hello",
        b"<html><body/></html>",
        b"<html><br>",
        b"RIFF\0\0\0\0WEBPVP8 ",
        b"\x1f\x8b\x08\0",
        b"\xff\xfe<\0s\0v\0g\0",
        b"<!-- nothing -->",
    ] {
        assert_eq!(refusal(bytes), IconError::UnknownFormat, "{bytes:?}");
    }
}

#[test]
fn what_is_not_a_file_is_refused_without_waiting() {
    let folder = tempfile::tempdir().unwrap();
    let here = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    assert_eq!(read(&here("")), Err(IconError::NotAFile));
    assert_eq!(read(&here("gone.png")), Err(IconError::NotFound));
    assert_eq!(read(""), Err(IconError::NotFound));
    assert_eq!(read("a\0b"), Err(IconError::NotFound));
    assert_eq!(read(&"x".repeat(10_000)), Err(IconError::NotFound));
    fs::write(here("file"), "").unwrap();
    assert_eq!(read(&here("file/icon.png")), Err(IconError::NotFound));
    #[cfg(unix)]
    {
        use rustix::fs::{CWD, FileType, Mode, mknodat};
        mknodat(CWD, here("pipe"), FileType::Fifo, Mode::RUSR, 0).unwrap();
        assert_eq!(read(&here("pipe")), Err(IconError::NotAFile));
        assert!(
            super::open(here("pipe").as_ref()).is_ok(),
            "and would not hang"
        );
        assert_eq!(read("/dev/zero"), Err(IconError::NotAFile));
        std::os::unix::fs::symlink(here("loop"), here("loop")).unwrap();
        assert_eq!(read(&here("loop")), Err(IconError::Unreadable));
    }
}

#[cfg(unix)]
#[test]
fn a_file_without_permission_says_so() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("icon.png");
    fs::write(&path, PNG).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    // Root may read every file.
    let expected = if fs::File::open(&path).is_ok() {
        Ok(64)
    } else {
        Err(IconError::NoPermission)
    };
    let answer = read(path.to_str().unwrap()).map(|icon| icon.about.side);
    assert_eq!(answer, expected);
}

#[test]
fn an_svg_reaches_nothing_outside_itself() {
    let picture = fs::canonicalize("tests/data/icons/square.svg").unwrap();
    let picture = picture.to_str().unwrap();
    let inline = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='9' height='9'%3E%3Crect width='9' height='9'/%3E%3C/svg%3E";
    for href in [picture, "square.svg", "file:///etc/passwd", inline] {
        let bytes = svg(
            r#"width="64" height="64""#,
            &format!(r#"<image href="{href}" width="64" height="64"/>"#),
        );
        let preview = from_bytes(bytes).unwrap().preview;
        assert!(preview.pixels.iter().all(Option::is_none), "{href}");
    }
    let entity = format!(
        r#"<!DOCTYPE svg [<!ENTITY x SYSTEM "{picture}">]><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">&x;</svg>"#
    );
    assert_eq!(refusal(entity), IconError::Damaged(IconFormat::Svg));
}

#[test]
fn an_svg_made_to_exhaust_us_is_refused_quickly() {
    let nested = |open: &str, close: &str, times: usize| {
        format!("{}{}", open.repeat(times), close.repeat(times))
    };
    let laughs: String = (1..30)
        .map(|n| {
            let inner = format!("&a{};", n - 1).repeat(10);
            format!(r#"<!ENTITY a{n} "{inner}">"#)
        })
        .collect();
    let uses: String = (1..30)
        .map(|n| {
            format!(
                r##"<g id="u{n}"><use href="#u{0}"/><use href="#u{0}"/></g>"##,
                n - 1
            )
        })
        .collect();
    let masks: String = (0..5_000)
        .map(|n| {
            format!(
                r##"<mask id="m{n}" mask="url(#m{})"><rect/></mask>"##,
                n + 1
            )
        })
        .collect();
    let size = r#"width="64" height="64""#;
    let tile = r##"<pattern id="p" patternUnits="userSpaceOnUse" width="99999" height="99999"><rect width="9" height="9"/></pattern><rect width="64" height="64" fill="url(#p)"/>"##;
    let noise = r##"<filter id="f"><feTurbulence numOctaves="4000000000" baseFrequency="0.1"/></filter><rect width="64" height="64" filter="url(#f)"/>"##;
    let began = Instant::now();
    for (what, bytes) in [
        ("depth", svg(size, &nested("<g>", "</g>", 200))),
        ("abysmal depth", svg(size, &nested("<g>", "</g>", 200_000))),
        ("elements", svg(size, &"<g/>".repeat(20_000))),
        ("references", svg(size, &masks)),
        (
            "uses",
            svg(
                size,
                &format!(r#"<rect id="u0" width="1" height="1"/>{uses}"#),
            ),
        ),
        ("tile", svg(size, tile)),
        ("noise", svg(size, noise)),
    ] {
        assert_eq!(refusal(bytes), IconError::TooComplex, "{what}");
    }
    let laughs = format!(
        r#"<!DOCTYPE svg [<!ENTITY a0 "ha">{laughs}]><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">&a29;</svg>"#
    );
    assert_eq!(refusal(laughs), IconError::Damaged(IconFormat::Svg));
    assert!(began.elapsed() < Duration::from_secs(10));
}

#[test]
fn long_chains_of_references_do_not_overflow_the_stack() {
    let groups = "<g opacity='.9'>".repeat(45);
    let ends = "</g>".repeat(45);
    let masks: String = (0..95)
        .map(|n| {
            let next = n + 1;
            format!("<clipPath id='c{n}' clip-path='url(#c{next})'><rect width='64' height='64'/></clipPath>
                     <mask id='m{n}'>{groups}<rect width='64' height='64' fill='#fff' mask='url(#m{next})'/>{ends}</mask>")
        })
        .collect();
    let last = "<rect width='64' height='64' mask='url(#m0)' clip-path='url(#c0)'/>";
    let bytes = svg("width='64' height='64'", &format!("{masks}{last}"));
    assert_eq!(refusal(bytes), IconError::TooComplex);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_bytes_are_an_icon_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        let _ = from_bytes(bytes);
    }

    #[test]
    fn any_text_in_an_svg_is_an_icon_or_refused(inside in r#"[<>/a-z"'=#&; 0-9.e-]{0,200}"#) {
        let _ = from_bytes(svg("width='9' height='9'", &inside));
        let _ = from_bytes(svg(&inside, "<rect width='9' height='9'/>"));
    }

    #[test]
    fn a_real_picture_with_bytes_changed_is_an_icon_or_refused(
        which in 0..REAL.len(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in any::<Option<prop::sample::Index>>(),
    ) {
        let mut bytes = REAL[which].1.to_vec();
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Ok(icon) = from_bytes(bytes) {
            prop_assert_eq!(icon.preview.pixels.len(), PREVIEW_SIDE * PREVIEW_SIDE);
            prop_assert!(icon.about.side <= MAX_SIDE);
        }
    }

    #[test]
    fn any_size_of_svg_is_an_icon_or_refused(w in any::<f32>(), h in any::<f32>()) {
        let rect = "<rect width='9' height='9'/>";
        let _ = from_bytes(svg(&format!("width='{w}' height='{h}'"), rect));
        let _ = from_bytes(svg(&format!("viewBox='0 0 {w} {w}'"), rect));
        let _ = from_bytes(svg("viewBox='0 0 9 9'", &format!("<rect width='{w}' height='{h}' stroke='red' stroke-dasharray='{w}'/>")));
    }
}

#[test]
fn a_picture_that_was_dragged_into_the_terminal_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let picture = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/icons/square.png");
    std::fs::copy(picture, dir.path().join("a b.png")).unwrap();
    let root = dir.path().display();
    for typed in [
        format!("{root}/a b.png"),
        format!("'{root}/a b.png'"),
        format!("'{root}/a b.png' \n"),
        format!("\"{root}/a b.png\""),
        format!("{root}/a\\ b.png"),
        format!("file://{root}/a%20b.png"),
    ] {
        super::read(&typed).unwrap_or_else(|error| panic!("{typed}: {error}"));
    }
}
