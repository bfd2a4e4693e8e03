//! The pixels of an `android.graphics.Bitmap` where they lie, by the NDK's `libjnigraphics`.

use jni::Env;
use jni::objects::JObject;
use lachan_core::image::{ImageError, Limits, PixelFormat, PixelView};

/// The pixels of a bitmap, held in place until this is dropped.
pub struct LockedPixels {
    #[cfg(target_os = "android")]
    lock: android::Lock,
    #[cfg(not(target_os = "android"))]
    never: std::convert::Infallible,
}

impl LockedPixels {
    /// The pixels as the core reads them.
    #[cfg(target_os = "android")]
    pub fn view(&self) -> Result<PixelView<'_>, ImageError> {
        let (bytes, info) = self.lock.bytes();
        let stride = info.stride as usize;
        let format = PixelFormat::RgbaPremultiplied;
        PixelView::new(bytes, info.width, info.height, stride, format, &Limits::default())
    }

    /// The pixels as the core reads them.
    #[cfg(not(target_os = "android"))]
    pub fn view(&self) -> Result<PixelView<'_>, ImageError> {
        let _ = (PixelFormat::RgbaPremultiplied, Limits::default);
        match self.never {}
    }
}

/// Locks the pixels of `bitmap`, if it is an `ARGB_8888` one and this is Android.
#[cfg(target_os = "android")]
pub fn lock(env: &mut Env<'_>, bitmap: &JObject<'_>) -> Option<LockedPixels> {
    android::Lock::new(env, bitmap).map(|lock| LockedPixels { lock })
}

/// There are no bitmaps to lock on this system.
#[cfg(not(target_os = "android"))]
pub fn lock(_: &mut Env<'_>, _: &JObject<'_>) -> Option<LockedPixels> {
    None
}

#[cfg(target_os = "android")]
mod android {
    use std::ffi::{CStr, c_char, c_int, c_void};
    use std::sync::LazyLock;

    use jni::Env;
    use jni::objects::JObject;
    use jni::sys::{JNIEnv, jobject};

    /// `AndroidBitmapInfo` of `android/bitmap.h`.
    #[repr(C)]
    #[derive(Default, Clone, Copy)]
    pub struct Info {
        pub width: u32,
        pub height: u32,
        pub stride: u32,
        pub format: i32,
        pub flags: u32,
    }

    /// `ANDROID_BITMAP_FORMAT_RGBA_8888`, which is Kotlin's `ARGB_8888`.
    const RGBA_8888: i32 = 1;
    /// `ANDROID_BITMAP_FLAGS_IS_HARDWARE`: the pixels are in the memory of the graphics unit.
    const IS_HARDWARE: u32 = 1 << 31;

    type GetInfo = unsafe extern "C" fn(*mut JNIEnv, jobject, *mut Info) -> c_int;
    type LockPixels = unsafe extern "C" fn(*mut JNIEnv, jobject, *mut *mut c_void) -> c_int;
    type UnlockPixels = unsafe extern "C" fn(*mut JNIEnv, jobject) -> c_int;

    struct Functions {
        get_info: GetInfo,
        lock: LockPixels,
        unlock: UnlockPixels,
    }

    /// Found at run time rather than linked: a library that needs only libc, libm, libdl and liblog loads everywhere.
    static FUNCTIONS: LazyLock<Option<Functions>> = LazyLock::new(|| {
        // SAFETY: plain C strings; the library stays loaded for the life of the process, and the three functions have
        // had these signatures since API 8.
        unsafe {
            let library = libc::dlopen(c"libjnigraphics.so".as_ptr(), libc::RTLD_NOW);
            if library.is_null() {
                return None;
            }
            let find = |name: &CStr| {
                let found = libc::dlsym(library, name.as_ptr() as *const c_char);
                (!found.is_null()).then_some(found)
            };
            Some(Functions {
                get_info: std::mem::transmute::<*mut c_void, GetInfo>(find(c"AndroidBitmap_getInfo")?),
                lock: std::mem::transmute::<*mut c_void, LockPixels>(find(c"AndroidBitmap_lockPixels")?),
                unlock: std::mem::transmute::<*mut c_void, UnlockPixels>(find(c"AndroidBitmap_unlockPixels")?),
            })
        }
    });

    /// A locked bitmap. Lives within one JNI call, on its thread.
    pub struct Lock {
        env: *mut JNIEnv,
        bitmap: jobject,
        pixels: *const u8,
        info: Info,
    }

    impl Lock {
        pub fn new(env: &mut Env<'_>, bitmap: &JObject<'_>) -> Option<Self> {
            let functions = FUNCTIONS.as_ref()?;
            let (env, bitmap) = (env.get_raw(), bitmap.as_raw());
            let mut info = Info::default();
            let mut pixels = std::ptr::null_mut();
            // SAFETY: `env` and `bitmap` belong to the JNI call that is running; the functions answer a non-zero code
            // for a bitmap that was recycled.
            unsafe {
                if (functions.get_info)(env, bitmap, &mut info) != 0
                    || info.format != RGBA_8888
                    || info.flags & IS_HARDWARE != 0
                    || (functions.lock)(env, bitmap, &mut pixels) != 0
                {
                    return None;
                }
            }
            let lock = Self { env, bitmap, pixels: pixels.cast(), info };
            (!pixels.is_null()).then_some(lock)
        }

        pub fn bytes(&self) -> (&[u8], Info) {
            let length = self.info.stride as usize * self.info.height as usize;
            // SAFETY: the system holds `stride * height` bytes in place until they are unlocked.
            (unsafe { std::slice::from_raw_parts(self.pixels, length) }, self.info)
        }
    }

    impl Drop for Lock {
        fn drop(&mut self) {
            if let Some(functions) = FUNCTIONS.as_ref() {
                // SAFETY: locked in `new`, in the same JNI call.
                unsafe { (functions.unlock)(self.env, self.bitmap) };
            }
        }
    }
}
