//! The work on plans for one type of number, compiled once, in this crate. As generic code it would be compiled anew in
//! each crate that calls it: more than a megabyte of machine code.

use core::mem::MaybeUninit;

use super::extent::{All, Part};
use super::mdct_window::{MdctError, MdctWindow};
use super::plan::{Plan, PlanError};
use super::real_plan::RealPlan;
use super::trig::lapped::{Lapped, MdctPlan};
use super::trig::{Family, TrigPlan};
use crate::simd::Level;

/// What the public plans ask of a type: to make, fill and run a [`Plan`], a [`RealPlan`], a [`TrigPlan`] or an
/// [`MdctPlan`].
pub trait Once: Sized {
    fn plan(len: usize, level: Level) -> Result<Plan, PlanError>;

    fn fill(plan: &Plan, table: &mut [MaybeUninit<Self>], planning: &mut [MaybeUninit<Self>]);

    /// # Safety
    /// As [`Plan::run`].
    unsafe fn run(
        plan: &Plan,
        table: *const Self,
        input: *const Self,
        output: *mut Self,
        scratch: *mut Self,
        inverse: bool,
    );

    /// A part of [`Once::run`].
    ///
    /// # Safety
    /// As [`Plan::run`].
    unsafe fn run_part(
        plan: &Plan,
        table: *const Self,
        input: *const Self,
        output: *mut Self,
        scratch: *mut Self,
        inverse: bool,
        part: &mut Part,
    );

    fn plan_real(len: usize, level: Level) -> Result<RealPlan, PlanError>;

    fn fill_real(plan: &RealPlan, table: &mut [MaybeUninit<Self>], planning: &mut [MaybeUninit<Self>]);

    /// # Safety
    /// As [`RealPlan::run_forward`].
    unsafe fn forward_real(
        plan: &RealPlan,
        table: *const Self,
        input: *const Self,
        output: *mut Self,
        scratch: *mut Self,
    );

    /// # Safety
    /// As [`RealPlan::run_inverse`].
    unsafe fn inverse_real(
        plan: &RealPlan,
        table: *const Self,
        input: *const Self,
        output: *mut Self,
        scratch: *mut Self,
    );

    /// A part of [`Once::forward_real`] or, if `inverse`, of [`Once::inverse_real`].
    ///
    /// # Safety
    /// As [`RealPlan::run_forward`] or [`RealPlan::run_inverse`].
    unsafe fn real_part(
        plan: &RealPlan,
        table: *const Self,
        input: *const Self,
        output: *mut Self,
        scratch: *mut Self,
        inverse: bool,
        part: &mut Part,
    );

    fn plan_trig(family: Family, sine: bool, len: usize, level: Level) -> Result<TrigPlan, PlanError>;

    fn fill_trig(plan: &TrigPlan, table: &mut [MaybeUninit<Self>], planning: &mut [MaybeUninit<Self>]);

    /// # Safety
    /// As [`TrigPlan::run`].
    unsafe fn run_trig(
        plan: &TrigPlan,
        table: *const Self,
        input: *const Self,
        output: *mut Self,
        scratch: *mut Self,
        inverse: bool,
    );

    fn plan_mdct(len: usize, level: Level, window: &MdctWindow<'_, Self>) -> Result<MdctPlan, MdctError>;

    fn fill_mdct(
        plan: &MdctPlan,
        window: &MdctWindow<'_, Self>,
        table: &mut [MaybeUninit<Self>],
        planning: &mut [MaybeUninit<Self>],
    );

    /// # Safety
    /// As [`MdctPlan::run`].
    unsafe fn run_mdct(plan: &MdctPlan, table: *const Self, what: Lapped<Self>, scratch: *mut Self);
}

macro_rules! once {
    ($t:ty) => {
        impl Once for $t {
            #[inline(never)]
            fn plan(len: usize, level: Level) -> Result<Plan, PlanError> {
                Plan::new::<Self>(len, level)
            }

            #[inline(never)]
            fn fill(plan: &Plan, table: &mut [MaybeUninit<Self>], planning: &mut [MaybeUninit<Self>]) {
                plan.fill(table, planning);
            }

            #[inline(never)]
            unsafe fn run(
                plan: &Plan,
                table: *const Self,
                input: *const Self,
                output: *mut Self,
                scratch: *mut Self,
                inverse: bool,
            ) {
                // SAFETY: the caller's promise.
                unsafe { plan.run(table, input, output, scratch, inverse, &mut All) }
            }

            #[inline(never)]
            unsafe fn run_part(
                plan: &Plan,
                table: *const Self,
                input: *const Self,
                output: *mut Self,
                scratch: *mut Self,
                inverse: bool,
                part: &mut Part,
            ) {
                // SAFETY: the caller's promise.
                unsafe { plan.run(table, input, output, scratch, inverse, part) }
            }

            #[inline(never)]
            fn plan_real(len: usize, level: Level) -> Result<RealPlan, PlanError> {
                RealPlan::new::<Self>(len, level)
            }

            #[inline(never)]
            fn fill_real(
                plan: &RealPlan,
                table: &mut [MaybeUninit<Self>],
                planning: &mut [MaybeUninit<Self>],
            ) {
                plan.fill(table, planning);
            }

            #[inline(never)]
            unsafe fn forward_real(
                plan: &RealPlan,
                table: *const Self,
                input: *const Self,
                output: *mut Self,
                scratch: *mut Self,
            ) {
                // SAFETY: the caller's promise.
                unsafe { plan.run_forward(table, input, output, scratch, &mut All) }
            }

            #[inline(never)]
            unsafe fn inverse_real(
                plan: &RealPlan,
                table: *const Self,
                input: *const Self,
                output: *mut Self,
                scratch: *mut Self,
            ) {
                // SAFETY: the caller's promise.
                unsafe { plan.run_inverse(table, input, output, scratch, &mut All) }
            }

            #[inline(never)]
            unsafe fn real_part(
                plan: &RealPlan,
                table: *const Self,
                input: *const Self,
                output: *mut Self,
                scratch: *mut Self,
                inverse: bool,
                part: &mut Part,
            ) {
                if inverse {
                    // SAFETY: the caller's promise.
                    unsafe { plan.run_inverse(table, input, output, scratch, part) }
                } else {
                    // SAFETY: the caller's promise.
                    unsafe { plan.run_forward(table, input, output, scratch, part) }
                }
            }

            #[inline(never)]
            fn plan_trig(
                family: Family,
                sine: bool,
                len: usize,
                level: Level,
            ) -> Result<TrigPlan, PlanError> {
                TrigPlan::new::<Self>(family, sine, len, level)
            }

            #[inline(never)]
            fn fill_trig(
                plan: &TrigPlan,
                table: &mut [MaybeUninit<Self>],
                planning: &mut [MaybeUninit<Self>],
            ) {
                plan.fill(table, planning);
            }

            #[inline(never)]
            unsafe fn run_trig(
                plan: &TrigPlan,
                table: *const Self,
                input: *const Self,
                output: *mut Self,
                scratch: *mut Self,
                inverse: bool,
            ) {
                // SAFETY: the caller's promise.
                unsafe { plan.run(table, input, output, scratch, inverse) }
            }

            #[inline(never)]
            fn plan_mdct(
                len: usize,
                level: Level,
                window: &MdctWindow<'_, Self>,
            ) -> Result<MdctPlan, MdctError> {
                MdctPlan::new::<Self>(len, level, window)
            }

            #[inline(never)]
            fn fill_mdct(
                plan: &MdctPlan,
                window: &MdctWindow<'_, Self>,
                table: &mut [MaybeUninit<Self>],
                planning: &mut [MaybeUninit<Self>],
            ) {
                plan.fill(window, table, planning);
            }

            #[inline(never)]
            unsafe fn run_mdct(plan: &MdctPlan, table: *const Self, what: Lapped<Self>, scratch: *mut Self) {
                // SAFETY: the caller's promise.
                unsafe { plan.run(table, what, scratch) }
            }
        }
    };
}

once!(f32);
once!(f64);
