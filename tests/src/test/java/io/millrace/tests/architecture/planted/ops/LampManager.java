package io.millrace.tests.architecture.planted.ops;

/** A name that fits anything. */
public final class LampManager {}
