//! The main job from outside: the built example on files made here.

#![allow(
    missing_docs,
    clippy::cast_possible_truncation,
    clippy::float_cmp,
    reason = "test code: sizes are small, counts in JSON are exact, and nothing here is public"
)]

mod json;
mod wav;

use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use json::Json;
use wav::{CODINGS, Coding, Noise, header, tone, wav};

/// The example, built as this test was. `cargo test` has done so already; `cargo test --test analyse` has not.
fn example() -> &'static Path {
    static EXAMPLE: OnceLock<PathBuf> = OnceLock::new();
    EXAMPLE.get_or_init(|| {
        let this = std::env::current_exe().expect("a path");
        let profile_dir = this.parent().and_then(Path::parent).expect("target/PROFILE/deps/analyse-HASH");
        let path = profile_dir.join("examples").join(format!("analyse{}", std::env::consts::EXE_SUFFIX));
        let target_dir = profile_dir.parent().expect("target");
        // With --target there is a folder more, and another machine: then what cargo built must do.
        let native = Path::new(env!("CARGO_TARGET_TMPDIR")).parent() == Some(target_dir);
        if let (true, Some(cargo)) = (native, std::env::var_os("CARGO")) {
            let profile = match profile_dir.file_name().and_then(OsStr::to_str) {
                Some("debug") | None => "dev",
                Some(name) => name,
            };
            let status = Command::new(cargo)
                .args(["build", "--quiet", "--example", "analyse", "--profile", profile, "--target-dir"])
                .arg(target_dir)
                .current_dir(env!("CARGO_MANIFEST_DIR"))
                .status();
            assert!(status.is_ok_and(|status| status.success()), "the example does not build");
        }
        assert!(path.exists(), "{} is not there: cargo build --example analyse", path.display());
        path
    })
}

/// A place for a file of one test.
fn place(name: &str) -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("analyse");
    fs::create_dir_all(&dir).expect("a folder");
    dir.join(name)
}

fn file(name: &str, bytes: &[u8]) -> PathBuf {
    let path = place(name);
    fs::write(&path, bytes).expect("a file");
    path
}

fn run<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> Output {
    Command::new(example()).args(args).stdin(Stdio::null()).output().expect("it runs")
}

fn run_piped(args: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(example())
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    let mut stdin = child.stdin.take().expect("a pipe");
    let input = input.to_vec();
    // It may have seen enough before it has read all.
    let feed = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().expect("it ends");
    feed.join().expect("the pipe was fed");
    output
}

fn report(output: &Output) -> Json {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{errors}");
    assert_eq!(errors, "");
    Json::read(core::str::from_utf8(&output.stdout).expect("UTF-8"))
}

fn analyse(path: &Path) -> Json {
    report(&run([path.as_os_str(), "--json".as_ref()]))
}

fn peaks(report: &Json) -> Vec<(f64, f64)> {
    let peak = |peak: &Json| (peak["frequency_hz"].number(), peak["level_dbfs"].number());
    report["peaks"].list().iter().map(peak).collect()
}

fn db(amplitude: f64) -> f64 {
    20.0 * amplitude.log10()
}

fn assert_tone(peaks: &[(f64, f64)], hz: f64, amplitude: f64, about: &str) {
    let (f, level) = peaks.first().copied().unwrap_or_else(|| panic!("no peak: {about}"));
    assert!((f - hz).abs() < 0.05, "{f} Hz, not {hz}: {about}");
    assert!((level - db(amplitude)).abs() < 0.05, "{level} dBFS, not {}: {about}", db(amplitude));
}

/// A tone in white noise 40 dB below it.
fn noisy(rate: u32, hz: f64, amplitude: f64, seconds: f64, seed: u64) -> Vec<f64> {
    let mut noise = Noise(seed);
    let sigma = amplitude / 2f64.sqrt() / 100.0;
    tone(rate, hz, amplitude, seconds).iter().map(|x| x + sigma * noise.normal()).collect()
}

#[test]
fn a_tone_of_one_second_is_found_at_every_rate() {
    let seed = 0x5EED_0001;
    println!("seed {seed:#x}");
    let mut even = Noise(seed);
    for (i, rate) in [8000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000, 88_200, 96_000, 176_400, 192_000]
        .into_iter()
        .enumerate()
    {
        let highest = 0.45 * f64::from(rate);
        let mut tones = vec![20.0, 23.7, 997.0, highest - 1.3, highest];
        tones.push(20.0 * (highest / 20.0).powf(even.even()));
        for (j, hz) in tones.into_iter().enumerate() {
            let coding = CODINGS[(i + j) % CODINGS.len()];
            let amplitude = [0.5, 0.9, 0.2][j % 3];
            let samples = noisy(rate, hz, amplitude, 1.0, seed + (10 * i + j) as u64);
            let about = format!("{hz} Hz at {rate} Hz, {coding:?}");
            let path = file("tone.wav", &wav(coding, rate, 1, &samples));
            let found = analyse(&path);
            assert_tone(&peaks(&found), hz, amplitude, &about);
            assert_eq!(peaks(&found).len(), 1, "only one line in noise: {about}: {:?}", peaks(&found));
            assert!(peaks(&found)[0].0 >= 20.0 && peaks(&found)[0].0 <= highest, "{about}");
        }
    }
}

#[test]
fn length_and_place_between_bins_do_not_matter() {
    for step in 0..12 {
        let seconds = 1.0 + 0.137 * f64::from(step);
        let hz = 1000.0 + 0.127 * f64::from(step);
        let path = file("length.wav", &wav(Coding::Pcm(16), 48_000, 1, &noisy(48_000, hz, 0.5, seconds, 99)));
        assert_tone(&peaks(&analyse(&path)), hz, 0.5, &format!("{hz} Hz, {seconds} s"));
    }
}

#[test]
fn side_lobes_and_skirts_are_no_peaks() {
    // 32-bit: nothing but the tone, down to -190 dBFS.
    for hz in [20.0, 100.3, 1234.567, 19_999.9] {
        let path = file("pure.wav", &wav(Coding::Pcm(32), 48_000, 1, &tone(48_000, hz, 0.9, 2.0)));
        let found = peaks(&analyse(&path));
        assert_tone(&found, hz, 0.9, "pure");
        assert_eq!(found.len(), 1, "{hz}: {found:?}");
    }
    // 16-bit without dither: what the rounding makes is below what is told.
    let path = file("rounded.wav", &wav(Coding::Pcm(16), 48_000, 1, &tone(48_000, 1000.0, 0.5, 1.0)));
    assert_eq!(peaks(&analyse(&path)).len(), 1);
    // A strong offset is no peak, and does not move one.
    let offset: Vec<f64> = noisy(48_000, 20.0, 0.1, 1.0, 5).iter().map(|x| x + 0.5).collect();
    let path = file("offset.wav", &wav(Coding::Pcm(24), 48_000, 1, &offset));
    let found = analyse(&path);
    assert_tone(&peaks(&found), 20.0, 0.1, "offset");
    assert_eq!(peaks(&found).len(), 1);
    assert!((found["channel"].list()[0]["dc"].number() - 0.5).abs() < 1e-4);
}

#[test]
fn several_tones_come_strongest_first() {
    let tones = [(440.0, 0.1), (452.0, 0.3), (1500.5, 0.01), (60.0, 0.05), (9000.0, 0.0003)];
    let mut samples = vec![0.0; 96_000];
    for (hz, amplitude) in tones {
        samples.iter_mut().zip(tone(48_000, hz, amplitude, 2.0)).for_each(|(sum, x)| *sum += x);
    }
    let found = peaks(&analyse(&file("several.wav", &wav(Coding::Float(32), 48_000, 1, &samples))));
    let mut expected = tones;
    expected.sort_by(|a, b| b.1.total_cmp(&a.1));
    assert_eq!(found.len(), tones.len(), "{found:?}");
    for ((hz, level), (wanted, amplitude)) in found.iter().zip(expected) {
        assert!((hz - wanted).abs() < 0.05 && (level - db(amplitude)).abs() < 0.05, "{hz} {level}: {wanted}");
    }
    // More than ten: the ten strongest.
    let mut samples = vec![0.0; 96_000];
    for i in 1..=14 {
        let part = tone(48_000, 300.0 * f64::from(i), 0.05 * 0.9f64.powi(i), 2.0);
        samples.iter_mut().zip(part).for_each(|(sum, x)| *sum += x);
    }
    let found = peaks(&analyse(&file("many.wav", &wav(Coding::Float(64), 48_000, 1, &samples))));
    assert_eq!(found.len(), 10);
    for (i, (hz, _)) in found.iter().enumerate() {
        assert!((hz - 300.0 * (i + 1) as f64).abs() < 0.05, "{hz}");
    }
}

#[test]
fn levels_are_the_mean_power_of_the_channels() {
    let left = tone(44_100, 700.0, 0.5, 1.5);
    let stereo = |right: f64| left.iter().flat_map(|x| [*x, right * x]).collect::<Vec<f64>>();
    for (right, level) in [(1.0, db(0.5)), (-1.0, db(0.5)), (0.0, db(0.5) - 3.0103)] {
        let path = file("stereo.wav", &wav(Coding::Pcm(24), 44_100, 2, &stereo(right)));
        let found = peaks(&analyse(&path));
        assert!((found[0].1 - level).abs() < 0.01, "{right}: {found:?}");
    }
    // Seven channels, the tone in one.
    let seven: Vec<f64> = left.iter().flat_map(|x| [0.0, 0.0, 0.0, *x, 0.0, 0.0, 0.0]).collect();
    let found = analyse(&file("seven.wav", &wav(Coding::Pcm(16), 44_100, 7, &seven)));
    assert!((peaks(&found)[0].1 - (db(0.5) - 10.0 * 7f64.log10())).abs() < 0.01);
    assert_eq!(found["channel"].list().len(), 7);
    assert!((found["channel"].list()[3]["rms_dbfs"].number() - (db(0.5) - 3.0103)).abs() < 0.01);
    assert_eq!(found["channel"].list()[2]["peak_dbfs"], Json::Null);
}

#[test]
fn the_report_has_its_keys_and_figures() {
    let samples: Vec<f64> = tone(48_000, 440.0, 1.5, 1.0).iter().map(|x| x.clamp(-1.0, 1.0)).collect();
    let path = file("keys \u{fc}\"\\.wav", &wav(Coding::Pcm(16), 48_000, 1, &samples));
    let found = analyse(&path);
    let mut keys = "file format sample_rate channels frames duration_s channel peaks centroid_hz noise_floor_dbfs warnings"
        .split(' ')
        .collect::<Vec<_>>();
    keys.sort_unstable();
    assert_eq!(found.keys(), keys);
    assert_eq!(found["file"].text(), path.to_str().expect("UTF-8"));
    assert_eq!(found["sample_rate"].number(), 48_000.0);
    assert_eq!(found["channels"].number(), 1.0);
    assert_eq!(found["frames"].number(), 48_000.0);
    assert_eq!(found["duration_s"].number(), 1.0);
    assert_eq!(found["warnings"], Json::List(Vec::new()));
    let channel = &found["channel"].list()[0];
    assert_eq!(channel.keys(), ["clipped", "crest_db", "dc", "peak_dbfs", "rms_dbfs"]);
    assert_eq!(channel["clipped"].number(), 880.0, "both half waves of each period");
    assert!(channel["peak_dbfs"].number().abs() < 1e-3);
    let first = &found["peaks"].list()[0];
    assert_eq!(first.keys(), ["cents", "frequency_hz", "level_dbfs", "note"]);
    assert_eq!(first["note"].text(), "A4");
    assert!(first["cents"].number().abs() < 0.05);
}

#[test]
fn centroid_and_floor_follow_the_noise() {
    let mut noise = Noise(7);
    let samples: Vec<f64> = (0..48_000 * 4).map(|_| 0.1 * noise.normal()).collect();
    let found = analyse(&file("noise.wav", &wav(Coding::Float(32), 48_000, 1, &samples)));
    assert!((found["centroid_hz"].number() - 12_000.0).abs() < 200.0);
    assert_eq!(peaks(&found), [], "noise has no lines");
    // Per bin: 2 sigma^2 / N times the window's noise bandwidth of 2.004 bins, as the power of an amplitude.
    let bin = 10.0 * (4.0 * 0.01 * 2.004 / 32_768.0f64).log10();
    assert!((found["noise_floor_dbfs"].number() - bin).abs() < 1.0, "{found:?}");
}

#[test]
fn short_and_silent_sounds_are_analysed() {
    for frames in [0, 1, 2, 31, 100, 1000, 4799] {
        let path = file("short.wav", &wav(Coding::Pcm(16), 48_000, 2, &vec![0.25; 2 * frames]));
        let found = analyse(&path);
        assert_eq!(found["frames"].number(), frames as f64);
        let picture = place("short.png");
        let output = run([path.as_os_str(), "--png".as_ref(), picture.as_os_str()]);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(size_of_png(&picture), (1270, 686));
    }
    let found = analyse(&file("silent.wav", &wav(Coding::Pcm(24), 8000, 1, &[0.0; 8000])));
    assert_eq!(peaks(&found), []);
    for key in ["centroid_hz", "noise_floor_dbfs"] {
        assert_eq!(found[key], Json::Null);
    }
    for key in ["peak_dbfs", "rms_dbfs", "crest_db"] {
        assert_eq!(found["channel"].list()[0][key], Json::Null);
    }
    // A tenth of a second still has its peak.
    let found =
        analyse(&file("tenth.wav", &wav(Coding::Pcm(16), 48_000, 1, &tone(48_000, 1000.0, 0.5, 0.1))));
    assert!((peaks(&found)[0].0 - 1000.0).abs() < 0.5 && (peaks(&found)[0].1 - db(0.5)).abs() < 0.1);
}

#[test]
fn a_stretch_is_cut_out() {
    let mut samples = tone(16_000, 500.0, 0.5, 2.0);
    samples.extend(tone(16_000, 2000.0, 0.25, 2.0));
    let bytes = wav(Coding::Pcm(16), 16_000, 1, &samples);
    let path = file("stretch.wav", &bytes);
    let name = path.to_str().expect("UTF-8");
    for (from, to, hz, amplitude, frames) in
        [("0", "2", 500.0, 0.5, 32_000), ("2.25", "3.75", 2000.0, 0.25, 24_000)]
    {
        for output in [
            run([name, "--json", "--from", from, "--to", to]),
            run_piped(&["-", "--json", "--from", from, "--to", to], &bytes),
        ] {
            let found = report(&output);
            assert_eq!(found["frames"].number(), f64::from(frames));
            assert_tone(&peaks(&found), hz, amplitude, from);
        }
    }
    for bad in [["--from", "4"], ["--from", "1e9"], ["--to", "4.1"]] {
        for output in [run([name, bad[0], bad[1]]), run_piped(&["-", bad[0], bad[1]], &bytes)] {
            refused(&output, 1, &["at byte ", "expected "]);
        }
    }
    for bad in [
        &["--from", "-1"][..],
        &["--to", "x"],
        &["--from", "nan"],
        &["--from", "2", "--to", "1"],
        &["--to", "0"],
    ] {
        refused(&run([name].iter().chain(bad)), 2, &[]);
    }
}

/// Chunks behind the data are no sound, however far `--from` goes.
#[test]
fn what_follows_the_data_is_not_analysed() {
    let mut bytes = wav(Coding::Pcm(16), 48_000, 1, &tone(48_000, 440.0, 0.5, 1.0));
    bytes.extend(b"LIST");
    bytes.extend(400_000u32.to_le_bytes());
    bytes.resize(bytes.len() + 400_000, 7);
    let size = (bytes.len() - 8) as u32;
    bytes[4..8].copy_from_slice(&size.to_le_bytes());
    let path = file("behind.wav", &bytes);
    let name = path.to_str().expect("UTF-8");
    for from in ["1", "1.5", "4", "1e9", "1e300"] {
        for args in [&["--from", from][..], &["--json", "--from", from]] {
            for output in [run([name].iter().chain(args)), run_piped(&[&["-"][..], args].concat(), &bytes)] {
                refused(&output, 1, &["at byte 96044: expected sound up to", "found its end at 1 s"]);
            }
        }
    }
    // So short a stretch that no frame lies in it.
    let args = ["--from", "0.5", "--to", "0.500000001"];
    for output in [run([name].iter().chain(&args)), run_piped(&[&["-"][..], &args].concat(), &bytes)] {
        refused(&output, 1, &["at byte 48044: expected a frame between 0.5 s and 0.500000001 s"]);
    }
    let last = ["--json", "--from", "0.75"];
    for output in [run([name].iter().chain(&last)), run_piped(&[&["-"][..], &last].concat(), &bytes)] {
        assert_eq!(report(&output)["frames"].number(), 12_000.0);
    }
}

/// Sizes of 64 bits may be any number: no sum of them wraps.
#[test]
fn the_largest_sizes_are_only_truncated_files() {
    // The very last number says that the size is not known.
    for data_size in [u64::MAX - 1, u64::MAX - 79, 1 << 63] {
        let plain = wav(Coding::Pcm(16), 8000, 1, &[0.1; 100]);
        let mut bytes = b"RF64\xff\xff\xff\xffWAVEds64\x1c\0\0\0".to_vec();
        bytes.extend(u64::MAX.to_le_bytes());
        bytes.extend(data_size.to_le_bytes());
        bytes.extend([0; 12]);
        bytes.extend(&plain[12..40]);
        bytes.extend([0xff; 4]);
        bytes.extend(&plain[44..]);
        let path = file("hostile.wav", &bytes);
        let name = path.to_str().expect("UTF-8");
        for output in [run([name, "--json"]), run_piped(&["-", "--json"], &bytes)] {
            let found = report(&output);
            assert_eq!(found["frames"].number(), 100.0);
            let end = data_size.saturating_add(80);
            let warnings = found["warnings"].list();
            let wanted = format!("ends at byte 280, its data go on to byte {end};");
            assert!(warnings.iter().any(|warning| warning.text().contains(&wanted)), "{wanted} {warnings:?}");
        }
        for args in [["--to", "1e300"], ["--from", "1e300"]] {
            for output in [run([name].iter().chain(&args)), run_piped(&["-", args[0], args[1]], &bytes)] {
                refused(&output, 1, &["at byte ", "expected sound up to"]);
            }
        }
    }
}

/// Nothing on standard output, one line on standard error that says all of `parts`.
fn refused(output: &Output, code: i32, parts: &[&str]) {
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{error}");
    assert_eq!(output.stdout, b"", "{error}");
    assert_eq!(error.lines().count(), 1, "{error}");
    assert!(error.starts_with("analyse: ") && error.ends_with('\n'), "{error}");
    for part in parts {
        assert!(error.contains(part), "{error:?} lacks {part:?}");
    }
}

#[test]
fn bad_input_is_one_line_and_nothing_written() {
    let good = wav(Coding::Pcm(16), 8000, 1, &[0.1; 100]);
    let changed = |at: usize, bytes: &[u8]| {
        let mut file = good.clone();
        file[at..at + bytes.len()].copy_from_slice(bytes);
        file
    };
    let cases: [(&str, Vec<u8>, &str); 9] = [
        ("empty", Vec::new(), "at byte 0: expected "),
        ("tiny", b"RI".to_vec(), "at byte 2: expected "),
        ("headless", good[..30].to_vec(), "at byte "),
        ("text", b"This is no sound at all, just some words in a file.".to_vec(), "at byte 0: expected "),
        ("avi", changed(8, b"AVI "), "at byte 8: expected "),
        ("no channels", changed(22, &[0, 0]), "at byte 22: expected "),
        ("adpcm", changed(20, &[2, 0]), "at byte 20: expected "),
        ("12 floats", changed(20, &[3, 0]), "at byte 34: expected "),
        ("no rate", changed(24, &[0, 0, 0, 0]), "at byte 24: expected "),
    ];
    let picture = place("refused.png");
    let _ = fs::remove_file(&picture);
    for (name, bytes, says) in &cases {
        let path = file(&format!("{name}.wav"), bytes);
        for json in [&["--json"][..], &[]] {
            let args = [path.as_os_str(), "--png".as_ref(), picture.as_os_str()];
            let output = run(args.into_iter().chain(json.iter().map(OsStr::new)));
            refused(&output, 1, &[says, "expected ", path.to_str().expect("UTF-8")]);
        }
        refused(&run_piped(&["-"], bytes), 1, &[says]);
    }
    let missing = place("missing.wav");
    refused(&run([&missing]), 1, &["missing.wav: at byte 0: expected "]);
    refused(&run([env!("CARGO_TARGET_TMPDIR")]), 1, &["at byte 0: expected ", "directory"]);
    refused(&run(["two\nlines.wav"]), 1, &["at byte 0: expected "]);
    refused(&run(["--nonsense"]), 2, &["--nonsense"]);
    refused(&run(["a.wav", "b.wav"]), 2, &["b.wav"]);
    assert!(!picture.exists());
}

#[test]
fn every_prefix_is_refused_or_analysed() {
    let good = wav(Coding::Pcm(16), 8000, 1, &[0.1; 4]);
    for len in 0..good.len() {
        let output = run_piped(&["-", "--json"], &good[..len]);
        if len < 44 {
            refused(&output, 1, &["at byte ", "expected "]);
        } else {
            assert!(report(&output)["warnings"].list()[0].text().contains("truncated"), "{len}");
        }
    }
}

#[test]
fn a_cut_file_is_analysed_and_says_so() {
    let whole = wav(Coding::Pcm(16), 48_000, 2, &noisy(48_000, 1000.0, 0.5, 4.0, 3));
    let cut = &whole[..44 + 96_000 * 3 + 1];
    for output in
        [run([file("cut.wav", cut).as_os_str(), "--json".as_ref()]), run_piped(&["-", "--json"], cut)]
    {
        let found = report(&output);
        assert_eq!(found["frames"].number(), 72_000.0);
        let warning = found["warnings"].list()[0].text();
        assert!(warning.contains("truncated") && warning.contains("24000 frames"), "{warning}");
    }
}

#[test]
fn open_ended_and_odd_files_are_read() {
    let samples = noisy(48_000, 3000.0, 0.5, 1.0, 4);
    let closed = wav(Coding::Pcm(16), 48_000, 1, &samples);
    // A recorder that never came back to fill the sizes in.
    for size in [0, u32::MAX] {
        let mut open = header(Coding::Pcm(16), 48_000, 1, size);
        open[4..8].copy_from_slice(&size.to_le_bytes());
        open.extend(&closed[44..]);
        for output in [
            run([file("open.wav", &open).as_os_str(), "--json".as_ref()]),
            run_piped(&["-", "--json"], &open),
        ] {
            let found = report(&output);
            assert_eq!(found["frames"].number(), 48_000.0);
            assert_tone(&peaks(&found), 3000.0, 0.5, "open-ended");
        }
    }
    // Chunks before and behind, one of odd length with its pad byte, one long enough to be skipped in a pipe.
    let mut padded = closed[..12].to_vec();
    padded.extend(b"LIST\x03\0\0\0abc\0junk");
    padded.extend(300_000u32.to_le_bytes());
    padded.resize(padded.len() + 300_000, 7);
    padded.extend(&closed[12..]);
    padded.extend(b"LIST\x04\0\0\0wxyz");
    let size = (padded.len() - 8) as u32;
    padded[4..8].copy_from_slice(&size.to_le_bytes());
    for output in [
        run([file("padded.wav", &padded).as_os_str(), "--json".as_ref()]),
        run_piped(&["-", "--json"], &padded),
    ] {
        let found = report(&output);
        assert_eq!(found["frames"].number(), 48_000.0);
        assert_eq!(found["warnings"], Json::List(Vec::new()));
    }
}

#[test]
fn a_fact_chunk_that_contradicts_the_data_is_told() {
    for coding in [Coding::Pcm(16), Coding::Float(32)] {
        let plain = wav(coding, 8000, 2, &[0.1; 200]);
        for (counted, warned) in [(100u32, false), (99, true), (200, true), (u32::MAX, true)] {
            let mut bytes = plain[..36].to_vec();
            bytes.extend(b"fact\x04\0\0\0");
            bytes.extend(counted.to_le_bytes());
            bytes.extend(&plain[36..]);
            let size = (bytes.len() - 8) as u32;
            bytes[4..8].copy_from_slice(&size.to_le_bytes());
            let path = file("fact.wav", &bytes);
            for output in [run([path.as_os_str(), "--json".as_ref()]), run_piped(&["-", "--json"], &bytes)] {
                let found = report(&output);
                assert_eq!(found["frames"].number(), 100.0);
                let says = format!("the fact chunk counts {counted} frames, the data hold 100");
                let wanted: Vec<Json> = warned.then_some(Json::Text(says)).into_iter().collect();
                assert_eq!(found["warnings"], Json::List(wanted));
            }
            // Of data that are cut off nobody knows.
            let cut = run_piped(&["-", "--json"], &bytes[..bytes.len() - 4]);
            let warnings = report(&cut)["warnings"].list().len();
            assert_eq!(warnings, 1, "only that it is truncated");
        }
    }
}

#[test]
fn what_is_not_finite_is_counted_and_poisons_nothing() {
    let mut samples = noisy(48_000, 1000.0, 0.5, 1.0, 6);
    samples[100] = f64::NAN;
    samples[20_000] = f64::INFINITY;
    samples[30_000] = f64::NEG_INFINITY;
    for coding in [Coding::Float(32), Coding::Float(64)] {
        let found = analyse(&file("nan.wav", &wav(coding, 48_000, 1, &samples)));
        assert!(found["warnings"].list()[0].text().starts_with("3 samples"), "{found:?}");
        assert_tone(&peaks(&found), 1000.0, 0.5, "with NaN");
        let channel = &found["channel"].list()[0];
        assert!((channel["peak_dbfs"].number() - db(0.5)).abs() < 0.3);
        assert!((channel["rms_dbfs"].number() - (db(0.5) - 3.01)).abs() < 0.01);
        assert!(found["centroid_hz"].number() > 0.0);
    }
    let found = analyse(&file("all nan.wav", &wav(Coding::Float(32), 48_000, 1, &[f64::NAN; 5000])));
    assert_eq!(found["centroid_hz"], Json::Null);
    // Finite, but no 32-bit float.
    let mut samples = noisy(48_000, 1000.0, 0.5, 1.0, 6);
    samples[100] = 1e300;
    samples[200] = -1e39;
    let found = analyse(&file("beyond.wav", &wav(Coding::Float(64), 48_000, 1, &samples)));
    let warning = found["warnings"].list()[0].text();
    assert!(warning.starts_with("2 samples are NaN, infinite or beyond 32-bit float"), "{warning}");
    assert_tone(&peaks(&found), 1000.0, 0.5, "with what is beyond");
    // Finite, but beyond all measure.
    let found =
        analyse(&file("huge.wav", &wav(Coding::Float(32), 48_000, 1, &tone(48_000, 1000.0, 1e30, 1.0))));
    assert!((peaks(&found)[0].0 - 1000.0).abs() < 0.05);
}

#[test]
fn a_pipe_gives_what_the_file_gives() {
    let bytes = wav(Coding::Pcm(24), 44_100, 2, &noisy(44_100, 812.5, 0.7, 3.0, 8));
    let mut from_file = analyse(&file("same.wav", &bytes));
    let from_pipe = report(&run_piped(&["-", "--json"], &bytes));
    assert_eq!(from_pipe["file"].text(), "-");
    if let Json::Object(members) = &mut from_file {
        members.insert("file".to_owned(), Json::Text("-".to_owned()));
    }
    assert_eq!(from_file, from_pipe);
}

#[test]
fn the_text_report_is_plain_when_piped() {
    let path = file("text.wav", &wav(Coding::Pcm(16), 24_000, 2, &noisy(48_000, 880.0, 0.5, 2.0, 9)));
    let output = Command::new(example()).arg(&path).env("COLUMNS", "80").output().expect("it runs");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(text.is_ascii() && !text.contains('\x1b'));
    assert!(text.lines().all(|line| line.len() <= 80 || line.contains("text.wav")), "{text}");
    // Frames of two samples: the tone of 880 Hz at 48 kHz becomes one of 880 Hz at 24 kHz in each channel.
    for part in ["WAV, 16-bit PCM, 24000 Hz, stereo, 2.000 s", "  A5 ", "dBFS", "centroid", "left", "right"] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

/// No line is longer than the terminal is wide, whatever there is to tell; below 40 columns it is taken as 40.
#[test]
fn lines_keep_to_the_width() {
    let mut samples: Vec<f64> = noisy(48_000, 880.0, 0.9, 1.0, 9);
    samples[5] = f64::NAN;
    let whole = wav(Coding::Float(64), 48_000, 2, &samples);
    let path = file("a rather long name, longer than a narrow line and without end.wav", &whole[..300_001]);
    let picture = place("narrow.png");
    for (columns, most) in [("0", 40), ("20", 40), ("40", 40), ("53", 53), ("66", 66), ("80", 80), ("x", 80)]
    {
        let output = Command::new(example())
            .args([path.as_os_str(), "--png".as_ref(), picture.as_os_str()])
            .env("COLUMNS", columns)
            .output()
            .expect("it runs");
        assert_eq!(output.status.code(), Some(0));
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        for line in text.lines() {
            assert!(line.chars().count() <= most, "{columns}: {line:?} in\n{text}");
        }
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for part in
            ["peak dBFS", "RMS", "crest", "clipped runs", "left", "right", "stereo", "truncated: the file"]
        {
            assert!(words.contains(part), "{columns}: {part} in\n{text}");
        }
        assert_eq!(text.contains("channel  peak dBFS"), most >= 65, "a table where there is room: {text}");
        // The path is broken where it must be, and nothing of it is lost.
        let letters: String = text.split_whitespace().collect();
        assert!(letters.contains(&path.display().to_string().replace(' ', "")), "{text}");
    }
}

#[test]
fn the_picture_is_written_last() {
    let path = file("picture.wav", &wav(Coding::Pcm(16), 48_000, 1, &noisy(48_000, 880.0, 0.5, 1.0, 9)));
    let picture = place("picture.png");
    let output = run([path.as_os_str(), "--json".as_ref(), "--png".as_ref(), picture.as_os_str()]);
    report(&output);
    assert_eq!(size_of_png(&picture), (1270, 686));
    // Where it cannot be written the text has been printed all the same.
    let nowhere = place("no such folder").join("x.png");
    for json in [&["--json"][..], &[]] {
        let args = [path.as_os_str(), "--png".as_ref(), nowhere.as_os_str()];
        let output = run(args.into_iter().chain(json.iter().map(OsStr::new)));
        assert_eq!(output.status.code(), Some(1));
        assert!(!output.stdout.is_empty());
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(error.lines().count() == 1 && error.contains("x.png"), "{error}");
    }
}

/// Width and height, after the whole image was decoded.
fn size_of_png(path: &Path) -> (u32, u32) {
    let decoder = png::Decoder::new(std::io::BufReader::new(fs::File::open(path).expect("the picture")));
    let mut reader = decoder.read_info().expect("a PNG");
    let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
    let info = reader.next_frame(&mut pixels).expect("the pixels");
    (info.width, info.height)
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let path = file("head.wav", &wav(Coding::Pcm(16), 48_000, 1, &noisy(48_000, 880.0, 0.5, 1.0, 9)));
    let mut child = Command::new(example())
        .arg(&path)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(output.stderr, b"");
}

#[test]
fn the_demo_is_drawn_to_the_build_folder() {
    let dir = place("demo");
    fs::create_dir_all(&dir).expect("a folder");
    let output = Command::new(example()).current_dir(&dir).output().expect("it runs");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(size_of_png(&dir.join("target/analyse.png")), (1270, 686));
    let again = Command::new(example()).current_dir(&dir).output().expect("it runs");
    assert_eq!(output.stdout, again.stdout, "the demo is the same on every run");
}
