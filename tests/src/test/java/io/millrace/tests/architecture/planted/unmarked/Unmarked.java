package io.millrace.tests.architecture.planted.unmarked;

final class Unmarked {}
