/** Benchmarks: mains that print figures beside a yardstick of the same run. */
@NullMarked
package io.millrace.tests.bench;

import org.jspecify.annotations.NullMarked;
