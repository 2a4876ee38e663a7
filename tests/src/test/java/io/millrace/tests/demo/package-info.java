/** The demo end to end: what a newcomer runs, small, with its own proof. */
@NullMarked
package io.millrace.tests.demo;

import org.jspecify.annotations.NullMarked;
