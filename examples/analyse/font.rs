//! A small stroke font: printable ASCII as pen strokes on a grid, drawn smooth at any size.
//!
//! A glyph is a list of strokes apart by spaces. A stroke is a list of points of two digits, `x` then `y`: the baseline
//! is `y = 2`, capitals reach 9, small letters 7, descenders 0. A plain stroke is a polyline (one point: a dot). `~` before
//! it makes it an open curve, `o` a closed one: a quadratic B-spline, which runs through the middle of every inner edge
//! of its control polygon, so that a rectangle comes out as an ellipse.

/// Height of a capital letter, in grid units.
const CAP: f64 = 7.0;
/// The grid line that text stands on.
const BASELINE: f64 = 2.0;
/// Room between two glyphs, in grid units.
const GAP: f64 = 2.2;

/// A point of the page, in pixels; y grows downwards.
pub(crate) type Point = (f64, f64);

/// The width of `text` in pixels, for capitals of `size` pixels.
pub(crate) fn width(text: &str, size: f64) -> f64 {
    let units: f64 = text.chars().map(advance).sum();
    (units - GAP).max(0.0) * size / CAP
}

/// Calls `line` for every straight piece of `text`, its baseline starting at `(x, y)`.
///
/// Quarter turns to the left when `upward` is set: for the title of a vertical axis.
pub(crate) fn strokes(
    text: &str,
    size: f64,
    (x, y): Point,
    upward: bool,
    mut line: impl FnMut(Point, Point),
) {
    let unit = size / CAP;
    let mut pen = 0.0;
    for c in text.chars() {
        let page = |(gx, gy): Point| {
            let (along, up) = ((pen + gx) * unit, (gy - BASELINE) * unit);
            if upward { (x - up, y - along) } else { (x + along, y - up) }
        };
        for stroke in glyph(c).split_ascii_whitespace() {
            let points = flatten(stroke);
            if let [dot] = points[..] {
                line(page(dot), page(dot));
            }
            for pair in points.windows(2) {
                line(page(pair[0]), page(pair[1]));
            }
        }
        pen += advance(c);
    }
}

/// How far the pen moves for `c`, in grid units. Digits are all alike, so that columns of numbers line up.
fn advance(c: char) -> f64 {
    let widest =
        glyph(c).split_ascii_whitespace().flat_map(control_points).map(|(x, _)| x).fold(0.0, f64::max);
    match c {
        ' ' => 2.0 + GAP,
        '0'..='9' => 4.0 + GAP,
        _ => widest + GAP,
    }
}

/// The strokes of a character; what the font lacks is drawn as a question mark.
fn glyph(c: char) -> &'static str {
    let index = u32::from(c).wrapping_sub(0x20) as usize;
    GLYPHS.get(index).copied().unwrap_or(GLYPHS[0x1F])
}

fn control_points(stroke: &str) -> impl Iterator<Item = Point> {
    let digits = stroke.trim_start_matches(['~', 'o']).as_bytes();
    digits.chunks_exact(2).map(|xy| (f64::from(xy[0] - b'0'), f64::from(xy[1] - b'0')))
}

/// One stroke as a polyline on the grid.
fn flatten(stroke: &str) -> Vec<Point> {
    let points: Vec<Point> = control_points(stroke).collect();
    let closed = stroke.starts_with('o');
    if !(closed || stroke.starts_with('~')) || points.len() < 3 {
        return points;
    }
    let middle = |a: Point, b: Point| ((a.0 + b.0) / 2.0, (a.1 + b.1) / 2.0);
    let count = points.len();
    let at = |i: usize| points[i % count];
    let mut curve = Vec::new();
    let corners = if closed { 0..count } else { 1..count - 1 };
    for i in corners {
        let corner = at(i);
        let from = if i == 1 && !closed { at(0) } else { middle(at(i + count - 1), corner) };
        let to = if i + 2 == count && !closed { at(i + 1) } else { middle(corner, at(i + 1)) };
        for step in 0..=8 {
            let t = f64::from(step) / 8.0;
            let (a, b, c) = ((1.0 - t) * (1.0 - t), 2.0 * t * (1.0 - t), t * t);
            curve.push((a * from.0 + b * corner.0 + c * to.0, a * from.1 + b * corner.1 + c * to.1));
        }
    }
    curve
}

/// Space to tilde.
#[rustfmt::skip]
const GLYPHS: [&str; 95] = [
    "", "0904 02", "0907 2927", "1229 3249 0454 0757",
    "~4849090645420203 2120 2930", "o07272909 o22424424 0249", "~420709393705023245", "0907",
    "~19070311", "~09171301", "2529 0648 0846", "2327 0545", "1301", "0535", "02", "0130",
    // 0 to 9
    "o02424909", "072922 0242", "~0809494602 0242", "~0809494626 ~2646420203", "32390444",
    "490906 ~0646420203", "o02424606 ~490904", "094912", "o06464909 o02424606", "o05454909 ~024247",
    "02 06", "16 1301", "480542", "0444 0646", "084502", "~080949462624 22", "~51010969634346 o24444626",
    // A to Z
    "022942 1535", "0209 ~091949461606 ~061646421202", "~484909024243", "0209 ~091949421202", "49090242 0636",
    "490902 0636", "~484909024245 4525", "0209 4249 0646", "0209", "~3934320204", "0209 4905 1642", "090242",
    "0209346962", "02094249", "o02424909", "0209 ~091949451505", "o02424909 2442", "0209 ~091949451505 2542",
    "~4849090645420203", "0949 2922", "~090402424449", "092249", "0912385269", "0249 0942", "092549 2522",
    "09490242",
    "29090121", "0931", "09292101", "072947", "0141", "0918",
    // a to z
    "o02424707 4742", "0902 o02424707", "~464707024243", "4942 o02424707", "0545 ~454707024243",
    "~39191612 0737", "o02424707 ~4742400001", "0902 ~0407474442", "0702 09", "~17121000 19", "0902 4704 1542",
    "0902", "0702 ~0407373432 ~3437676462", "0702 ~0407474442", "o02424707", "0700 o02424707",
    "4740 o02424707", "0702 ~04073736", "~4647070544420203", "~19141232 0737", "~0705024245 4742", "072247",
    "0712365267", "0247 0742", "0722 4710", "07470242",
    "~29191605 ~05141121", "0901", "~09191625 ~25141101", "~0406264446",
];
