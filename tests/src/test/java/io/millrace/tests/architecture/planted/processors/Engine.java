package io.millrace.tests.architecture.planted.processors;

/** What a judge must not import. */
public final class Engine {}
