//! Calls of code that is written in Python, from which a thread may never come back.
//!
//! While the interpreter ends, CPython before 3.14 ends every daemon thread that wants to go on with Python code, by
//! `pthread_exit`. With glibc that unwinds the thread's stack; of frames of Rust it aborts the process. So such a
//! thread stops here, for as long as the process still lives.

#![allow(unsafe_code, reason = "a call that may unwind has no safe interface")]

use std::{hint, mem, ptr, thread};

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

type Object = *mut ffi::PyObject;
type Call = unsafe extern "C" fn(Object, Object, Object) -> Object;
type CallThatMayUnwind = unsafe extern "C-unwind" fn(Object, Object, Object) -> Object;

/// Calls a function that is written in Python.
pub(crate) fn call<'py, A>(
    function: &Bound<'py, PyAny>,
    arguments: A,
    keywords: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>>
where
    A: IntoPyObject<'py, Target = PyTuple, Output = Bound<'py, PyTuple>>,
    PyErr: From<A::Error>,
{
    let (py, arguments) = (function.py(), arguments.into_pyobject(function.py())?);
    let keywords = keywords.map_or(ptr::null_mut(), Bound::as_ptr);
    // Hidden from the optimizer, which would look the function up, and find that it is declared as one that never unwinds.
    let object_call = hint::black_box(ffi::PyObject_Call as Call);
    // SAFETY: the two types differ only in that the compiler expects the call of one of them to unwind.
    let object_call = unsafe { mem::transmute::<Call, CallThatMayUnwind>(object_call) };
    // Dropped by nothing but unwinding, and then before all that may be dropped by who holds the interpreter alone.
    let stop = Stop;
    // SAFETY: this thread holds the interpreter, as `py` shows, and the objects live until the call has returned.
    let returned = unsafe { object_call(function.as_ptr(), arguments.as_ptr(), keywords) };
    mem::forget(stop);
    // SAFETY: what the interpreter returns is a reference of ours, or null with an exception set.
    unsafe { Bound::from_owned_ptr_or_err(py, returned) }
}

/// Keeps its thread where it is dropped.
struct Stop;

impl Drop for Stop {
    fn drop(&mut self) {
        loop {
            thread::park();
        }
    }
}
