//! WAVE reading: the numbered cases of the container notes, every prefix of every file built here, byte flips,
//! push against slice, and a corpus of real files when `QUAVER_CORPUS` names one.

#![cfg(feature = "riff")]
#![allow(clippy::cast_possible_truncation, reason = "the files built here are small")]
#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use std::path::Path;
use std::{env, fs};

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use quaver::format::riff::{ChunkId, Chunks, Coding, Form, WarningKind, Wave};
use quaver::format::{Error, ErrorKind};
use quaver::units::{Endian, SampleFormat};

#[path = "support/json.rs"]
mod json;
#[path = "support/riff.rs"]
mod riff;
use json::Json;
use riff::check;

// ---------------------------------------------------------------------------------------------------------
// Building files

/// A file under construction.
#[derive(Clone)]
struct File {
    bytes: Vec<u8>,
    endian: Endian,
}

impl File {
    fn new(form: Form) -> Self {
        let bytes = [form.magic(), [0; 4], *b"WAVE"].concat();
        Self { bytes, endian: form.endian() }
    }

    fn u16(&self, value: u16) -> [u8; 2] {
        if self.endian == Endian::Big { value.to_be_bytes() } else { value.to_le_bytes() }
    }

    fn u32(&self, value: u32) -> [u8; 4] {
        if self.endian == Endian::Big { value.to_be_bytes() } else { value.to_le_bytes() }
    }

    /// A chunk with its pad byte.
    fn chunk(self, id: &[u8; 4], body: &[u8]) -> Self {
        let mut file = self.chunk_sized(id, body.len() as u32, body);
        if body.len() % 2 == 1 {
            file.bytes.push(0);
        }
        file
    }

    /// A chunk that declares `len`, without a pad byte.
    fn chunk_sized(mut self, id: &[u8; 4], len: u32, body: &[u8]) -> Self {
        let len = self.u32(len);
        self.bytes.extend([id, &len, body].concat());
        self
    }

    /// The first 16 bytes of a format.
    fn plain(&self, tag: u16, channels: u16, rate: u32, bits: u16) -> Vec<u8> {
        let align = channels * bits.div_ceil(8);
        let byte_rate = self.u32(rate * u32::from(align));
        let head = [self.u16(tag), self.u16(channels)].concat();
        [&head[..], &self.u32(rate), &byte_rate, &self.u16(align), &self.u16(bits)].concat()
    }

    /// An extensible format, with its sub-format as a little-endian file stores it.
    fn extensible(&self, channels: u16, bits: u16, valid: u16, mask: u32, mut guid: [u8; 16]) -> Vec<u8> {
        if self.endian == Endian::Big {
            guid[..4].reverse();
            guid[4..6].reverse();
            guid[6..8].reverse();
        }
        let head = self.plain(0xFFFE, channels, 48000, bits);
        [&head[..], &self.u16(22), &self.u16(valid), &self.u32(mask), &guid].concat()
    }

    fn fmt(self, tag: u16, channels: u16, rate: u32, bits: u16) -> Self {
        let body = self.plain(tag, channels, rate, bits);
        self.chunk(b"fmt ", &body)
    }

    /// The file with its size filled in.
    fn done(mut self) -> Vec<u8> {
        let size = self.u32(self.bytes.len() as u32 - 8);
        self.bytes[4..8].copy_from_slice(&size);
        self.bytes
    }

    /// The file with another size in its header.
    fn sized(mut self, size: u32) -> Vec<u8> {
        let size = self.u32(size);
        self.bytes[4..8].copy_from_slice(&size);
        self.bytes
    }
}

/// Mono, 8000 Hz, 16 bits, and these data.
fn mono(data: &[u8]) -> File {
    File::new(Form::Riff).fmt(1, 1, 8000, 16).chunk(b"data", data)
}

/// The sub-format for a registered coding.
fn media(tag: u8) -> [u8; 16] {
    [tag, 0, 0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]
}

/// A ds64 chunk's body.
fn ds64(riff: u64, data: u64, frames: u64, table: &[(&[u8; 4], u64)]) -> Vec<u8> {
    let mut body: Vec<u8> = [riff, data, frames].into_iter().flat_map(u64::to_le_bytes).collect();
    body.extend((table.len() as u32).to_le_bytes());
    for (id, len) in table {
        body.extend(*id);
        body.extend(len.to_le_bytes());
    }
    body
}

const RAMP: [u8; 100] = {
    let mut ramp = [0; 100];
    let mut at = 0;
    while at < 100 {
        ramp[at] = at as u8;
        at += 1;
    }
    ramp
};

/// Reads a file, checking every invariant on the way, and gives what slice mode gives.
fn read(file: &[u8]) -> (Result<Wave<'_>, Error>, Vec<WarningKind>) {
    check(file);
    let mut warnings = Vec::new();
    let wave = Wave::parse_with(file, |warning| warnings.push(warning.kind));
    (wave, warnings)
}

/// A file that must be read without a word.
fn clean(file: &[u8]) -> Wave<'_> {
    let (wave, warnings) = read(file);
    assert_eq!(warnings, []);
    wave.unwrap()
}

/// A file that must be read with exactly these warnings.
fn repaired<'a>(file: &'a [u8], expected: &[WarningKind]) -> Wave<'a> {
    let (wave, warnings) = read(file);
    assert_eq!(warnings, expected);
    wave.unwrap()
}

fn refused(file: &[u8]) -> Error {
    read(file).0.unwrap_err()
}

// ---------------------------------------------------------------------------------------------------------
// The cases

#[test]
fn case_52_format_of_16_18_and_40_bytes() {
    for (tag, bits, expected) in [
        (1, 8, SampleFormat::U8),
        (1, 16, SampleFormat::I16),
        (1, 24, SampleFormat::I24),
        (1, 32, SampleFormat::I32),
        (3, 32, SampleFormat::F32),
        (3, 64, SampleFormat::F64),
        (1, 12, SampleFormat::I16),
        (1, 20, SampleFormat::I24),
    ] {
        for extra in [&[][..], &[0, 0], &[0; 24]] {
            for form in [Form::Riff, Form::Rifx] {
                let file = File::new(form);
                let body = [&file.plain(tag, 2, 44100, bits), extra].concat();
                let file = file.chunk(b"fmt ", &body).chunk(b"data", &RAMP[..96]).done();
                let wave = clean(&file);
                let fmt = wave.header.fmt;
                assert_eq!(fmt.sample_format(), Some(expected));
                assert_eq!((fmt.channels, fmt.sample_rate, fmt.bits), (2, 44100, bits));
                assert_eq!((fmt.valid_bits, fmt.channel_mask, fmt.sub_format), (bits, 0, None));
                assert_eq!((fmt.endian, fmt.offset), (form.endian(), 20));
                assert_eq!(wave.samples, &RAMP[..96]);
                assert_eq!(wave.frames(), Some(48 / expected.bytes() as u64));
            }
        }
    }
}

#[test]
fn case_53_format_of_14_bytes() {
    let body = File::new(Form::Riff).plain(1, 1, 8000, 16);
    let file = File::new(Form::Riff).chunk(b"fmt ", &body[..14]).chunk(b"data", &RAMP).done();
    let error = refused(&file);
    assert_eq!(error.to_string(), "at byte 20: expected a fmt chunk of 16 bytes or more, found 14 bytes");
}

#[test]
fn case_54_extensible() {
    let ambisonic = [1, 0, 0, 0, 0x21, 7, 0xD3, 0x11, 0x86, 0x44, 0xC8, 0xC1, 0xCA, 0, 0, 0];
    let unknown = *b"nobody knows it.";
    for (bits, valid, guid, coding, format) in [
        (16, 16, media(1), Coding::Pcm, Some(SampleFormat::I16)),
        (24, 24, media(1), Coding::Pcm, Some(SampleFormat::I24)),
        (24, 20, media(1), Coding::Pcm, Some(SampleFormat::I24)),
        (32, 24, media(1), Coding::Pcm, Some(SampleFormat::I32)),
        (32, 32, media(3), Coding::Float, Some(SampleFormat::F32)),
        (64, 64, media(3), Coding::Float, Some(SampleFormat::F64)),
        (16, 16, ambisonic, Coding::Pcm, Some(SampleFormat::I16)),
        (8, 8, media(7), Coding::MuLaw, None),
        (16, 16, unknown, Coding::Unknown, None),
    ] {
        for form in [Form::Riff, Form::Rifx] {
            let file = File::new(form);
            let body = file.extensible(4, bits, valid, 0x33, guid);
            let file = file.chunk(b"fmt ", &body).chunk(b"data", &RAMP[..96]).done();
            let fmt = clean(&file).header.fmt;
            assert_eq!((fmt.coding(), fmt.sample_format()), (coding, format));
            assert_eq!((fmt.bits, fmt.valid_bits, fmt.channel_mask), (bits, valid, 0x33));
            assert_eq!(fmt.sub_format.map(|guid| guid.0), Some(guid));
            assert_eq!(fmt.sub_format.is_some_and(|guid| guid.is_ambisonic()), guid == ambisonic);
        }
    }
    let file = File::new(Form::Riff);
    let body = file.extensible(1, 16, 16, 4, unknown);
    let file = file.chunk(b"fmt ", &body).chunk(b"data", &RAMP).done();
    let error = clean(&file).header.fmt.require_sample_format().unwrap_err();
    assert_eq!(error.to_string(), "at byte 44: expected PCM or float samples, found 0xfffe");
    let guid = clean(&file).header.fmt.sub_format.unwrap();
    assert_eq!(guid.to_string(), "6f626f6e-7964-6b20-6e6f-77732069742e");
}

#[test]
fn case_54_codings_without_samples() {
    let file = |tag, bits| File::new(Form::Riff).fmt(tag, 1, 8000, bits).chunk(b"data", &RAMP).done();
    let text = |tag, bits| {
        let file = file(tag, bits);
        let (wave, _) = read(&file);
        wave.unwrap().header.fmt.require_sample_format().unwrap_err().to_string()
    };
    assert_eq!(text(0x55, 0), "at byte 20: expected PCM or float samples, found 0x0055");
    assert_eq!(text(1, 36), "at byte 34: expected PCM of 8, 16, 24 or 32 bits, found 36");
    assert_eq!(text(1, 0), "at byte 34: expected PCM of 8, 16, 24 or 32 bits, found 0");
    assert_eq!(text(3, 16), "at byte 34: expected floats of 32 or 64 bits, found 16");
    // Their frames have a size all the same, where samples are stored one by one.
    assert_eq!(clean(&file(7, 8)).frames(), Some(100));
    assert_eq!(clean(&file(1, 36)).frames(), Some(20));
    assert_eq!(clean(&file(0x55, 0)).frames(), None);
}

#[test]
fn case_55_extension_that_lies() {
    let builder = File::new(Form::Riff);
    let mut body = builder.extensible(2, 16, 16, 3, media(1));
    body[16] = 0;
    let file = builder.clone().chunk(b"fmt ", &body).chunk(b"data", &RAMP).done();
    let wave = repaired(&file, &[WarningKind::ExtensionSize { declared: 0, found: 22 }]);
    assert_eq!(wave.header.fmt.sample_format(), Some(SampleFormat::I16));
    // A longer chunk whose extension says so is fine.
    body[16] = 24;
    body.extend([0, 0]);
    let file = builder.clone().chunk(b"fmt ", &body).chunk(b"data", &RAMP).done();
    assert_eq!(clean(&file).header.fmt.channel_mask, 3);
    for len in [18, 38, 39] {
        let file = builder.clone().chunk(b"fmt ", &body[..len]).chunk(b"data", &RAMP).done();
        let expected = "an extensible fmt chunk of 40 bytes or more";
        let kind = ErrorKind::BadSize { expected, found: len as u64 };
        assert_eq!(refused(&file), Error { offset: 20, kind });
    }
}

#[test]
fn case_56_mask_and_valid_bits_that_lie() {
    let builder = File::new(Form::Riff);
    let body = builder.extensible(2, 16, 24, 4, media(1));
    let file = builder.chunk(b"fmt ", &body).chunk(b"data", &RAMP).done();
    let warnings = [
        WarningKind::ValidBits { declared: 24, bits: 16 },
        WarningKind::ChannelMask { mask: 4, channels: 2 },
    ];
    let fmt = repaired(&file, &warnings).header.fmt;
    assert_eq!((fmt.valid_bits, fmt.channel_mask), (16, 4));
    // No mask and no valid bits are no lies.
    let builder = File::new(Form::Riff);
    let body = builder.extensible(2, 16, 0, 0, media(1));
    let file = builder.chunk(b"fmt ", &body).chunk(b"data", &RAMP).done();
    assert_eq!(clean(&file).header.fmt.valid_bits, 16);
}

#[test]
fn case_57_odd_chunks_with_and_without_pad() {
    let builder = File::new(Form::Riff).fmt(1, 1, 8000, 16);
    let padded = builder.clone().chunk(b"note", b"abc").chunk(b"data", &RAMP).done();
    assert_eq!(clean(&padded).samples, RAMP);
    // Here the name a byte further on is "atad": printable as well, but nobody's.
    let bare = builder.clone().chunk_sized(b"note", 3, b"abc").chunk(b"data", &RAMP).done();
    let wave = repaired(&bare, &[WarningKind::MissingPad]);
    assert_eq!((wave.samples, wave.header.data.offset), (&RAMP[..], 55));
    // A pad byte that is not zero is one all the same, even one that can stand in a name.
    for pad in [1, b' ', b'x', 0xFF] {
        let mut file = padded.clone();
        file[47] = pad;
        assert_eq!(clean(&file).samples, RAMP);
    }
    // Printable on both sides, known on neither: the padded place counts.
    let mut file =
        builder.clone().chunk(b"note", b"abc").chunk(b"what", b"1234").chunk(b"data", &RAMP).done();
    file[47] = b'x';
    assert_eq!(clean(&file).chunks().nth(2).unwrap().unwrap().body, b"1234");
    // Names that nobody knows: the printable one counts.
    let bare = builder.chunk_sized(b"note", 1, b"a").chunk_sized(b"what", 0x1_0002, &[]).done();
    let mut chunks = Chunks::new(&bare[36..], 36, Endian::Little);
    assert_eq!(chunks.next().unwrap().unwrap().body, b"a");
    assert_eq!(chunks.next().unwrap().unwrap().chunk.id, ChunkId(*b"what"));
}

#[test]
fn case_58_odd_last_chunk() {
    let builder = File::new(Form::Riff).fmt(1, 1, 8000, 8);
    let padded = builder.clone().chunk(b"data", &RAMP[..99]).done();
    assert_eq!(clean(&padded).samples, &RAMP[..99]);
    let bare = builder.clone().chunk_sized(b"data", 99, &RAMP[..99]).done();
    assert_eq!(clean(&bare).samples, &RAMP[..99]);
    // The pad byte counted but not written.
    let size = padded.len() as u32 - 8;
    assert_eq!(clean(&builder.chunk_sized(b"data", 99, &RAMP[..99]).sized(size)).samples, &RAMP[..99]);
}

#[test]
fn case_59_live_files_without_sizes() {
    let open = [WarningKind::OpenEnded];
    for size in [0, u32::MAX, 36] {
        let file = File::new(Form::Riff).fmt(1, 1, 8000, 16).chunk_sized(b"data", 0, &RAMP).sized(size);
        let wave = repaired(&file, &open);
        assert_eq!((wave.samples, wave.header.data.len), (&RAMP[..], None));
        assert!(!wave.is_truncated());
    }
    // Samples that look like a chunk, where no container says that one follows.
    let file =
        File::new(Form::Riff).fmt(1, 1, 8000, 16).chunk_sized(b"data", 0, b"note\x04\0\0\0abcd").sized(0);
    assert_eq!(repaired(&file, &open).samples.len(), 12);
    // A container that goes on, but with bytes that are no chunk.
    let file = File::new(Form::Riff).fmt(1, 1, 8000, 16).chunk_sized(b"data", 0, &RAMP).done();
    assert_eq!(repaired(&file, &open).samples, RAMP);
    // Data that are really empty: at the end, and before another chunk.
    let file = mono(&[]).done();
    assert_eq!(clean(&file).header.data.len, Some(0));
    let file = mono(&[]).chunk(b"LIST", b"INFOINAM\x02\0\0\0a\0").done();
    let wave = clean(&file);
    assert_eq!((wave.header.data.len, wave.samples, wave.chunks().count()), (Some(0), &[][..], 3));
    // The container's size alone is missing.
    for size in [0, u32::MAX] {
        assert_eq!(clean(&mono(&RAMP).sized(size)).samples, RAMP);
    }
}

#[test]
fn case_60_sizes_that_pipes_leave() {
    for len in [u32::MAX, 0x7FFF_F000] {
        for size in [u32::MAX, 0x7FFF_F024] {
            let file = File::new(Form::Riff).fmt(1, 1, 8000, 16).chunk_sized(b"data", len, &RAMP).sized(size);
            let wave = repaired(&file, &[WarningKind::OpenEnded]);
            assert_eq!((wave.samples, wave.header.data.len, wave.frames()), (&RAMP[..], None, Some(50)));
            assert_eq!(wave.chunks().last().unwrap().unwrap().body, RAMP);
        }
    }
}

#[test]
fn case_61_container_size_short_and_junk_behind() {
    let whole = mono(&RAMP).chunk(b"note", b"past the end").done();
    let mut file = whole.clone();
    file[4..8].copy_from_slice(&128_u32.to_le_bytes());
    let wave = repaired(&file, &[WarningKind::ContainerSize { declared: 136, found: 164 }]);
    assert_eq!((wave.samples, wave.chunks().count()), (&RAMP[..], 3));
    // Junk behind the container.
    for junk in [&[0xFF; 5][..], &[0; 40]] {
        let mut file = mono(&RAMP).done();
        file.extend(junk);
        assert_eq!(repaired(&file, &[WarningKind::TrailingBytes]).samples, RAMP);
    }
    // A size too long: what is there counts.
    let file = mono(&RAMP).sized(500);
    let wave = repaired(&file, &[WarningKind::ContainerSize { declared: 508, found: 144 }]);
    assert_eq!(wave.frames(), Some(50));
    // Junk inside it: the name is no name, and what follows its length is read.
    let file =
        File::new(Form::Riff).chunk(b"\x01\x02\x03\x04", b"1234").fmt(1, 1, 8000, 16).chunk(b"data", &RAMP);
    let kind = ErrorKind::BadMagic { expected: "the name of a chunk", found: [1, 2, 3, 4] };
    assert_eq!(repaired(&file.done(), &[WarningKind::PassedOver(kind)]).samples, RAMP);
}

#[test]
fn case_62_order_and_number() {
    let file = File::new(Form::Riff).chunk(b"data", &RAMP).fmt(1, 1, 8000, 16).done();
    let wave = repaired(&file, &[WarningKind::DataBeforeFmt]);
    assert_eq!((wave.samples, wave.header.data.offset), (&RAMP[..], 20));
    let file = File::new(Form::Riff).chunk(b"data", &RAMP).done();
    assert_eq!(refused(&file).to_string(), "at byte 120: expected a `fmt ` chunk, found none");
    let file = File::new(Form::Riff).fmt(1, 1, 8000, 16).done();
    assert_eq!(refused(&file).to_string(), "at byte 36: expected a `data` chunk, found none");
    assert_eq!(refused(b"RIFF\x04\0\0\0WAVE").to_string(), "at byte 12: expected a `fmt ` chunk, found none");
    // Data without a size before the format take it with them.
    let file = File::new(Form::Riff).chunk_sized(b"data", u32::MAX, &RAMP).fmt(1, 1, 8000, 16).sized(0);
    assert_eq!(refused(&file).to_string(), "at byte 20: expected a `fmt ` chunk before the data, found none");
    let file = mono(&RAMP).fmt(1, 2, 44100, 24).chunk(b"data", b"zz").done();
    let wave = repaired(&file, &[WarningKind::SecondData]);
    assert_eq!((wave.header.fmt.sample_rate, wave.samples), (8000, &RAMP[..]));
}

#[test]
fn case_63_no_channels_and_a_frame_size_that_lies() {
    let error = refused(&File::new(Form::Riff).fmt(1, 0, 8000, 16).chunk(b"data", &RAMP).done());
    assert_eq!(error.to_string(), "at byte 22: expected 1 or more channels, found 0");
    let error = refused(&File::new(Form::Riff).fmt(1, 1, 0, 16).chunk(b"data", &RAMP).done());
    assert_eq!(error.to_string(), "at byte 24: expected a sample rate of 1 Hz or more, found 0");
    for align in [0, 1, 3, 5, 8, 0xFFFF] {
        let mut file = File::new(Form::Riff).fmt(1, 2, 8000, 16).chunk(b"data", &RAMP).done();
        file[32..34].copy_from_slice(&u16::to_le_bytes(align));
        let wave = repaired(&file, &[WarningKind::BlockAlign { declared: align, used: 4 }]);
        assert_eq!((wave.header.fmt.frame_bytes(), wave.frames()), (Some(4), Some(25)));
    }
    // 24 bits in four bytes each: believed when the byte rate says the same.
    let mut file = File::new(Form::Riff).fmt(1, 2, 8000, 24).chunk(b"data", &RAMP[..96]).done();
    file[32..34].copy_from_slice(&8_u16.to_le_bytes());
    repaired(&file, &[WarningKind::BlockAlign { declared: 8, used: 6 }]);
    file[28..32].copy_from_slice(&64000_u32.to_le_bytes());
    let wave = clean(&file);
    assert_eq!((wave.header.fmt.sample_format(), wave.frames()), (Some(SampleFormat::I32), Some(12)));
}

#[test]
fn case_64_rifx() {
    let file = File::new(Form::Rifx).fmt(1, 2, 44100, 16).chunk(b"fact", &[0, 0, 0, 25]);
    let file = file.chunk(b"data", &RAMP).done();
    let wave = clean(&file);
    assert_eq!((wave.header.form, wave.header.fmt.endian), (Form::Rifx, Endian::Big));
    assert_eq!((wave.samples, wave.header.fact), (&RAMP[..], Some(25)));
}

#[test]
fn case_65_64_bit_forms() {
    for form in [Form::Rf64, Form::Bw64] {
        let with = |body: &[u8]| {
            let file = File::new(form).chunk(b"ds64", body).fmt(1, 1, 8000, 16);
            file.chunk_sized(b"big ", u32::MAX, b"12345678").chunk_sized(b"data", u32::MAX, &RAMP)
        };
        let size = with(&ds64(0, 0, 0, &[(b"big ", 8)])).bytes.len() as u64 - 8;
        let file = with(&ds64(size, 100, 50, &[(b"big ", 8)])).chunk(b"note", b"ab").sized(u32::MAX);
        let declared = WarningKind::ContainerSize { declared: size + 8, found: file.len() as u64 };
        let wave = repaired(&file, &[declared]);
        assert_eq!((wave.samples, wave.header.data.len), (&RAMP[..], Some(100)));
        let names: Vec<_> = wave.chunks().map(|chunk| chunk.unwrap().chunk.id.to_string()).collect();
        assert_eq!(names, ["ds64", "fmt ", "big ", "data", "note"]);
        // 2^63 and more: no overflow, the input's end counts.
        for huge in [1 << 63, (1 << 63) + 5, u64::MAX - 1] {
            let file = with(&ds64(huge, huge, 0, &[(b"big ", 8)])).sized(u32::MAX);
            let (wave, warnings) = read(&file);
            let wave = wave.unwrap();
            assert!(wave.is_truncated());
            assert_eq!((wave.samples, wave.header.data.len), (&RAMP[..], Some(huge)));
            assert!(matches!(warnings[..], [WarningKind::PassedOver(ErrorKind::Truncated { .. }), ..]));
        }
        // Too small a size: the chunk that then seems to follow is none.
        let file = with(&ds64(size, 60, 30, &[(b"big ", 8)])).sized(u32::MAX);
        assert_eq!(read(&file).0.unwrap().samples, &RAMP[..60]);
        // No size.
        let file = with(&ds64(0, 0, 0, &[(b"big ", 8)])).sized(u32::MAX);
        assert_eq!(repaired(&file, &[WarningKind::OpenEnded]).samples, RAMP);
        // A table that lies about its length.
        let mut body = ds64(size, 100, 50, &[(b"big ", 8)]);
        body[24..28].copy_from_slice(&u32::MAX.to_le_bytes());
        let file = with(&body).sized(u32::MAX);
        let wave = repaired(&file, &[WarningKind::Ds64Table { declared: u32::MAX, kept: 1 }]);
        assert_eq!(wave.samples, RAMP);
        // No ds64, or a placeholder in its stead.
        let file = File::new(form).fmt(1, 1, 8000, 16).chunk_sized(b"data", u32::MAX, &RAMP).sized(u32::MAX);
        assert_eq!(repaired(&file, &[WarningKind::MissingDs64, WarningKind::OpenEnded]).samples, RAMP);
        let file = File::new(form).chunk(b"JUNK", &[0; 28]).fmt(1, 1, 8000, 16).chunk(b"data", &RAMP);
        assert_eq!(clean(&file.sized(u32::MAX)).samples, RAMP);
        // A short one.
        let file = with(&[0; 20]).sized(u32::MAX);
        assert_eq!(read(&file).1[0], {
            WarningKind::PassedOver(ErrorKind::BadSize {
                expected: "a ds64 chunk of 28 bytes or more",
                found: 20,
            })
        });
    }
    // A size of its own in the header beats the one in ds64.
    let file = File::new(Form::Rf64).chunk(b"ds64", &ds64(0, 4, 2, &[])).fmt(1, 1, 8000, 16);
    assert_eq!(clean(&file.chunk(b"data", &RAMP).sized(u32::MAX)).samples, RAMP);
    // A fact chunk may leave its count to ds64.
    let file = File::new(Form::Rf64).chunk(b"ds64", &ds64(0, 100, 1 << 40, &[])).fmt(0x55, 1, 8000, 0);
    let file = file.chunk(b"fact", &[0xFF; 4]).chunk_sized(b"data", u32::MAX, &RAMP).sized(u32::MAX);
    assert_eq!(clean(&file).frames(), Some(1 << 40));
    // A placeholder for it in a RIFF file is a chunk like any other.
    let file =
        File::new(Form::Riff).chunk(b"JUNK", &[0; 28]).fmt(1, 1, 8000, 16).chunk(b"data", &RAMP).done();
    assert_eq!(clean(&file).samples, RAMP);
}

#[test]
fn case_66_chunks_after_the_data() {
    let file = mono(&RAMP).chunk(b"bext", &[7; 602]).chunk(b"fact", &[50, 0, 0, 0]).done();
    let wave = clean(&file);
    assert_eq!((wave.header.fact, wave.frames()), (Some(50), Some(50)));
    let bext = wave.chunks().nth(2).unwrap().unwrap();
    assert_eq!((bext.chunk.id, bext.chunk.offset, bext.body), (ChunkId(*b"bext"), 152, &[7; 602][..]));
}

#[test]
fn case_69_a_chunk_past_everything() {
    for size in [0xFFFF_FFF8, u32::MAX, 0x8000_0000] {
        let file = File::new(Form::Riff).chunk_sized(b"what", size, &RAMP).done();
        let (wave, warnings) = read(&file);
        let need = u64::from(size) - 100;
        assert_eq!(wave.unwrap_err(), Error { offset: 120, kind: ErrorKind::Truncated { need } });
        assert_eq!(warnings.len(), 1);
        // Behind the data it takes nothing away.
        let file = mono(&RAMP).chunk_sized(b"what", size, b"abc").done();
        let kind = ErrorKind::Truncated { need: u64::from(size) - 3 };
        let wave = repaired(&file, &[WarningKind::PassedOver(kind)]);
        assert_eq!(wave.samples, RAMP);
        assert!(wave.chunks().last().unwrap().unwrap().is_truncated());
    }
}

#[test]
fn case_70_data_or_fact() {
    let file = File::new(Form::Riff).fmt(1, 1, 8000, 16).chunk(b"fact", &[9, 0, 0, 0]).chunk(b"data", &RAMP);
    let wave_file = file.done();
    let wave = repaired(&wave_file, &[WarningKind::FactFrames { declared: 9, found: 50 }]);
    assert_eq!((wave.frames(), wave.header.fact, wave.header.frames()), (Some(50), Some(9), Some(50)));
    let file =
        File::new(Form::Riff).fmt(0x11, 1, 8000, 4).chunk(b"fact", &[9, 0, 0, 0]).chunk(b"data", &RAMP);
    let wave_file = file.done();
    let wave = clean(&wave_file);
    assert_eq!((wave.frames(), wave.header.frames()), (Some(9), Some(9)));
    let file =
        File::new(Form::Riff).fmt(0x11, 1, 8000, 4).chunk(b"fact", &[9, 0]).chunk(b"data", &RAMP).done();
    let expected = "a fact chunk of 4 bytes or more";
    let wave = repaired(&file, &[WarningKind::PassedOver(ErrorKind::BadSize { expected, found: 2 })]);
    assert_eq!(wave.frames(), None);
}

#[test]
fn case_71_cuts() {
    let file = mono(&RAMP).done();
    for (cut, need) in
        [(0, 12), (1, 11), (4, 8), (8, 4), (11, 1), (12, 132), (19, 1), (20, 16), (35, 1), (43, 1)]
    {
        let error = refused(&file[..cut]);
        assert_eq!(error, Error { offset: cut as u64, kind: ErrorKind::Truncated { need } });
    }
    assert_eq!(
        refused(&file[..19]).to_string(),
        "at byte 19: expected at least 1 more byte, found the end of the input"
    );
    let cut = repaired(&file[..94], &[WarningKind::PassedOver(ErrorKind::Truncated { need: 50 })]);
    assert_eq!((cut.samples, cut.is_truncated(), cut.frames()), (&RAMP[..50], true, Some(25)));
    assert_eq!(cut.header.frames(), Some(50));
}

#[test]
fn other_files() {
    let text = |file: &[u8]| refused(file).to_string();
    assert_eq!(
        text(b"OggS\0\x02\0\0\0\0\0\0\0\0"),
        "at byte 0: expected RIFF, RIFX, RF64 or BW64, found \"OggS\""
    );
    assert_eq!(text(b"RIFF\x04\0\0\0WEBPVP8 "), "at byte 8: expected WAVE, found \"WEBP\"");
    assert_eq!(text(b"xyz"), "at byte 0: expected RIFF, RIFX, RF64 or BW64, found \"xyz\\x00\"");
}

#[test]
fn limit_on_the_number_of_chunks() {
    let mut file = mono(&RAMP);
    for _ in 0..Chunks::LIMIT {
        file = File { bytes: file.bytes, endian: file.endian };
        file.bytes.extend(b"note\0\0\0\0");
    }
    let file = file.done();
    let mut warnings = Vec::new();
    assert_eq!(Wave::parse_with(&file, |warning| warnings.push(warning.kind)).unwrap().samples, RAMP);
    assert_eq!(warnings, [WarningKind::PassedOver(ErrorKind::Limit { limit: Chunks::LIMIT })]);
    let wave = Wave::parse(&file).unwrap();
    assert_eq!(wave.chunks().filter(Result::is_ok).count(), Chunks::LIMIT as usize);
    assert_eq!(wave.chunks().filter(Result::is_err).count(), 1);
}

// ---------------------------------------------------------------------------------------------------------
// Damage

/// One file of each kind.
fn samples() -> Vec<Vec<u8>> {
    let mut files = Vec::new();
    for form in Form::ALL {
        let file = File::new(form);
        let body = file.extensible(2, 24, 20, 3, media(1));
        let file = match form {
            Form::Rf64 | Form::Bw64 => file.chunk(b"ds64", &ds64(300, 96, 16, &[(b"big ", 6)])),
            _ => file.chunk(b"JUNK", &[0; 28]),
        };
        let file = file.chunk(b"fmt ", &body).chunk(b"fact", &[16, 0, 0, 0]).chunk(b"note", b"odd");
        let file = match form {
            Form::Rf64 | Form::Bw64 => {
                file.chunk_sized(b"big ", u32::MAX, b"123456").chunk_sized(b"data", u32::MAX, &RAMP[..96])
            }
            _ => file.chunk(b"data", &RAMP[..96]),
        };
        files.push(file.chunk(b"LIST", b"INFOINAM\x03\0\0\0abc\0").done());
    }
    files.push(mono(&RAMP).done());
    files.push(File::new(Form::Riff).chunk(b"data", &RAMP).fmt(3, 1, 8000, 32).done());
    files.push(File::new(Form::Riff).fmt(1, 1, 8000, 8).chunk_sized(b"data", 0, &RAMP).sized(0));
    files.push(
        File::new(Form::Riff).chunk_sized(b"abcd", 1, b"x").fmt(1, 1, 8000, 16).chunk(b"data", &RAMP).done(),
    );
    files
}

#[test]
fn every_prefix() {
    for file in samples() {
        let whole = Wave::parse(&file).unwrap();
        for cut in 0..file.len() {
            check(&file[..cut]);
            // What a prefix gives, the whole confirms.
            match Wave::parse(&file[..cut]) {
                Ok(wave) => {
                    assert_eq!(wave.header.fmt, whole.header.fmt);
                    assert_eq!(wave.header.data.offset, whole.header.data.offset);
                    assert!(whole.samples.starts_with(wave.samples));
                }
                Err(Error { offset, kind: ErrorKind::Truncated { need } }) => {
                    assert!(need > 0);
                    assert_eq!(offset, cut as u64);
                }
                // Without a size nobody can tell that the format was still to come.
                Err(error) => panic!("{error}, cut at {cut}"),
            }
        }
    }
}

#[test]
fn every_byte_flipped() {
    for file in samples() {
        let mut file = file;
        for at in 0..file.len() {
            for flip in [0x01, 0x80, 0xFF, 0x20] {
                file[at] ^= flip;
                check(&file);
                file[at] ^= flip;
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2000,
        rng_seed: RngSeed::Fixed(20_250_703),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// Any sequence of chunks, with any sizes.
    #[test]
    fn any_chunks(
        form in prop::sample::select(&Form::ALL[..]),
        size in prop_oneof![any::<u32>(), 0..200_u32, Just(0), Just(u32::MAX)],
        chunks in prop::collection::vec(
            (
                prop_oneof![
                    prop::sample::select(vec![*b"fmt ", *b"data", *b"fact", *b"ds64", *b"LIST", *b"note"]),
                    any::<[u8; 4]>(),
                ],
                prop::option::weighted(0.2, prop_oneof![any::<u32>(), 0..50_u32, Just(u32::MAX)]),
                prop::collection::vec(prop_oneof![any::<u8>(), 0..4_u8], 0..60),
                any::<bool>(),
            ),
            0..8,
        ),
        cut in 0..8_usize,
    ) {
        let mut file = File::new(form);
        for (id, lie, body, pad) in chunks {
            file = file.chunk_sized(&id, lie.unwrap_or(body.len() as u32), &body);
            if pad && body.len() % 2 == 1 {
                file.bytes.push(0);
            }
        }
        let file = file.sized(size);
        check(&file[..file.len().saturating_sub(cut)]);
    }

    /// What is written is read.
    #[test]
    fn any_sound(
        form in prop::sample::select(vec![Form::Riff, Form::Rifx]),
        channels in 1..=32_u16,
        rate in 1..=400_000_u32,
        bits in prop::sample::select(vec![8_u16, 16, 24, 32]),
        before in prop::collection::vec(any::<u8>(), 0..40),
        data in prop::collection::vec(any::<u8>(), 0..600),
        after in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let file = File::new(form).chunk(b"note", &before).fmt(1, channels, rate, bits).chunk(b"data", &data);
        let file = file.chunk(b"note", &after).done();
        let wave = clean(&file);
        let fmt = wave.header.fmt;
        prop_assert_eq!((fmt.channels, fmt.sample_rate, fmt.bits), (channels, rate, bits));
        prop_assert_eq!(wave.samples, &data[..]);
        prop_assert_eq!(wave.frames(), Some(data.len() as u64 / u64::from(channels * bits / 8)));
        let chunks: Vec<_> = wave.chunks().map(|chunk| chunk.unwrap().body).collect();
        prop_assert_eq!(&chunks[..], &[&before[..], chunks[1], &data[..], &after[..]][..]);
    }
}

// ---------------------------------------------------------------------------------------------------------
// The corpus

/// The file of that name in the corpus, and the expected values in it.
fn corpus(name: &str) -> Option<(std::path::PathBuf, Json)> {
    let Some(folder) = env::var_os("QUAVER_CORPUS") else {
        println!("skipped: QUAVER_CORPUS names no corpus");
        return None;
    };
    let folder = Path::new(&folder).to_path_buf();
    let text = fs::read_to_string(folder.join(name)).unwrap();
    Some((folder, Json::parse(&text).unwrap()))
}

/// Real files, against what at least two other readers agree on.
#[test]
fn corpus_real_files() {
    let Some((folder, expected)) = corpus("expected.json") else { return };
    let mut read_count = 0;
    let mut wrong = Vec::new();
    for (name, entry) in
        expected.get("files").map().filter(|(_, entry)| entry.get("kind").text() == Some("wav"))
    {
        let file = fs::read(folder.join(name)).unwrap();
        check(&file);
        let expect = entry.get("expect");
        let mut differ = |what: &str, ours: Option<u64>, theirs: &Json| {
            if theirs.number().is_some() && ours != theirs.number() {
                wrong.push(format!("{name}: {what} {ours:?}, expected {theirs:?}"));
            }
        };
        let wave = match Wave::parse(&file) {
            Ok(wave) => wave,
            Err(error) => {
                println!("{name}: {error}");
                differ("data_offset", None, expect.get("data_offset"));
                continue;
            }
        };
        read_count += 1;
        let fmt = wave.header.fmt;
        differ("channels", Some(fmt.channels.into()), expect.get("channels"));
        differ("rate", Some(fmt.sample_rate.into()), expect.get("rate"));
        differ("data_offset", Some(wave.header.data.offset), expect.get("data_offset"));
        differ("frames", wave.frames(), expect.get("frames"));
        // Readers do not agree on whether `bits` are those of the sample or the valid ones.
        if expect.get("bits").number() != Some(fmt.valid_bits.into()) {
            differ("bits", Some(fmt.bits.into()), expect.get("bits"));
        }
        let raw = expect.get("raw_fmt");
        differ("tag", Some(fmt.tag.into()), raw.get("tag"));
        differ("byte_rate", Some(fmt.byte_rate.into()), raw.get("byte_rate"));
        differ("block_align", Some(fmt.block_align.into()), raw.get("block_align"));
        differ("channel_mask", Some(fmt.channel_mask.into()), raw.get("channel_mask"));
        if raw.get("valid_bits").number().is_some_and(|bits| bits > 0) {
            differ("valid_bits", Some(fmt.valid_bits.into()), raw.get("valid_bits"));
        }
        let form = expect.get("raw_form").text().map(str::to_owned);
        // Other readers take any four bytes for a name.
        let chunks: Vec<_> = wave.chunks().collect();
        for (ours, theirs) in chunks.iter().zip(expect.get("raw_chunks").list()) {
            let Ok(ours) = ours else { continue };
            differ("offset of a chunk", Some(ours.chunk.offset), theirs.get("offset"));
            differ("size of a chunk", Some(ours.body.len() as u64), theirs.get("size"));
        }
        differ(
            "chunks",
            Some(chunks.len() as u64),
            &Json::Number(expect.get("raw_chunks").list().len() as f64),
        );
        if form.is_some_and(|form| form != wave.header.form.to_string()) {
            wrong.push(format!("{name}: {}", wave.header.form));
        }
    }
    println!("{read_count} files read");
    assert_eq!(wrong, [""; 0]);
    assert!(read_count > 40);
}

/// Byte-exact cases, each with a status.
#[test]
fn corpus_crafted_files() {
    let Some((folder, expected)) = corpus("crafted_expected.json") else { return };
    let mut count = 0;
    for (name, entry) in expected.map().filter(|(_, entry)| entry.get("kind").text() == Some("wav")) {
        let file = fs::read(folder.join(name)).unwrap();
        let (wave, warnings) = read(&file);
        count += 1;
        let status = entry.get("status").text().unwrap();
        // What is wrong in these two lies inside a chunk that is given as it is.
        let inside = name.contains("bext_short") || name.contains("info_not_counted_pad");
        match (status, &wave) {
            ("ok", Ok(_)) => assert_eq!(warnings, [], "{name}"),
            ("recover", Ok(_)) => assert!(!warnings.is_empty() || inside, "{name}"),
            ("truncated", Ok(wave)) => assert!(wave.is_truncated(), "{name}"),
            ("truncated", Err(error)) => assert!(matches!(error.kind, ErrorKind::Truncated { .. }), "{name}"),
            ("error", Err(_)) => {}
            _ => panic!("{name}: {wave:?}, expected {status}"),
        }
        let Ok(wave) = wave else { continue };
        let fmt = wave.header.fmt;
        for (field, ours) in [
            ("frames", wave.frames()),
            ("rate", Some(fmt.sample_rate.into())),
            ("channels", Some(fmt.channels.into())),
            ("bits", Some(fmt.bits.into())),
            ("valid_bits", Some(fmt.valid_bits.into())),
            ("mask", Some(fmt.channel_mask.into())),
        ] {
            let theirs = entry.get(field).number();
            assert!(theirs.is_none() || theirs == ours, "{name}: {field} {ours:?}, expected {theirs:?}");
        }
    }
    assert!(count >= 22, "{count} files");
}

/// Mutations of all kinds: nothing but the invariants.
#[test]
fn corpus_mutations() {
    let Some((folder, expected)) = corpus("fuzz_expected.json") else { return };
    for (name, _) in expected.map() {
        check(&fs::read(folder.join(name)).unwrap());
    }
}

/// Every prefix of every WAVE file of the corpus.
#[test]
fn corpus_every_prefix() {
    let Some((folder, expected)) = corpus("expected.json") else { return };
    let (_, crafted) = corpus("crafted_expected.json").unwrap();
    let names = expected.get("files").map().chain(crafted.map());
    for (name, _) in names.filter(|(_, entry)| entry.get("kind").text() == Some("wav")) {
        let file = fs::read(folder.join(name)).unwrap();
        for cut in 0..file.len() {
            let prefix = &file[..cut];
            // All of it where the headers are; inside the samples the walk is the same at every byte.
            if cut < 2048 || cut % 4099 == 0 || file.len() - cut < 64 {
                check(prefix);
            }
            if let Ok(wave) = Wave::parse_with(prefix, |warning| assert!(warning.offset <= cut as u64)) {
                assert!(wave.samples.len() <= cut);
            }
        }
    }
}
