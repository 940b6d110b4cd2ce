//! FFTW's real-to-real transforms, found when the program runs; one that is not there is reported and left out.
//!
//! Prototypes and constants are those of fftw3.h.

use std::ffi::{CString, c_char, c_double, c_int, c_uint, c_void};
use std::path::PathBuf;

use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};

/// fftw_r2r_kind: type II and type IV of the cosine.
pub const REDFT10: c_int = 5;
pub const REDFT11: c_int = 6;

const FFTW_MEASURE: c_uint = 0;
/// Seconds after which a plan takes the best that it found.
const PATIENCE: f64 = 2.0;

type Make = unsafe extern "C" fn(c_int, *mut c_void, *mut c_void, c_int, c_uint) -> *mut c_void;
type Run = unsafe extern "C" fn(*const c_void, *mut c_void, *mut c_void);
type Free = unsafe extern "C" fn(*mut c_void);
type File = unsafe extern "C" fn(*const c_char) -> c_int;

/// The library of one precision.
pub struct R2r {
    prefix: &'static str,
    library: Library,
}

impl R2r {
    pub fn load(bits: u32) -> Result<Self, String> {
        let (name, prefix) = if bits == 32 { ("libfftw3f.so.3", "fftwf") } else { ("libfftw3.so.3", "fftw") };
        // SAFETY: what it does when it is loaded does no harm to a Rust program.
        let library = unsafe { Library::open(Some(name), RTLD_NOW | RTLD_LOCAL) };
        let r2r = Self { prefix, library: library.map_err(|error| error.to_string())? };
        r2r.wisdom("import_wisdom_from_filename");
        let limit: unsafe extern "C" fn(c_double) = r2r.function("set_timelimit")?;
        // SAFETY: no requirement.
        unsafe { limit(PATIENCE) };
        Ok(r2r)
    }

    /// A function by its name. The type is the caller's word.
    fn function<F: Copy>(&self, name: &str) -> Result<F, String> {
        let name = format!("{}_{name}", self.prefix);
        // SAFETY: callers ask for the type that the header declares; a plan that calls it lives no longer than this.
        unsafe { self.library.get::<F>(name.as_bytes()) }.map(|f| *f).map_err(|error| error.to_string())
    }

    /// Reads or writes what measurements found; a missing file is no harm.
    fn wisdom(&self, what: &str) {
        let folder = PathBuf::from(std::env::var_os("QUAVER_WISDOM").unwrap_or_default());
        let path = CString::new(folder.join(format!("{}-r2r", self.prefix)).to_string_lossy().as_bytes());
        if let (Ok(path), Ok(call), false) =
            (path, self.function::<File>(what), folder.as_os_str().is_empty())
        {
            // SAFETY: a path that ends with a zero.
            unsafe { call(path.as_ptr()) };
        }
    }

    /// Plans a transform by trying ways on the two slices, which it overwrites.
    pub fn plan<T>(&self, kind: c_int, x: &mut [T], y: &mut [T]) -> Result<Plan, String> {
        let len = c_int::try_from(x.len()).map_err(|error| error.to_string())?;
        assert_eq!(x.len(), y.len());
        let make: Make = self.function("plan_r2r_1d")?;
        // SAFETY: slices of `len` numbers of the library's type.
        let plan = unsafe { make(len, x.as_mut_ptr().cast(), y.as_mut_ptr().cast(), kind, FFTW_MEASURE) };
        let plan = Plan { plan, run: self.function("execute_r2r")?, free: self.function("destroy_plan")? };
        if plan.plan.is_null() { Err("no plan".to_owned()) } else { Ok(plan) }
    }

    /// Keeps what was found out.
    pub fn save(&self) {
        self.wisdom("export_wisdom_to_filename");
    }
}

pub struct Plan {
    plan: *mut c_void,
    run: Run,
    free: Free,
}

impl Plan {
    /// # Safety
    /// The pointers reach as many numbers as those that it was planned with, are aligned as those, and in place or not as
    /// those.
    pub unsafe fn run<T>(&self, x: *mut T, y: *mut T) {
        // SAFETY: the caller's promise.
        unsafe { (self.run)(self.plan, x.cast(), y.cast()) };
    }
}

impl Drop for Plan {
    fn drop(&mut self) {
        if !self.plan.is_null() {
            // SAFETY: made by its planner; not used after.
            unsafe { (self.free)(self.plan) };
        }
    }
}
