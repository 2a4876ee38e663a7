/** Benchmarks: ratios to a yardstick measured in the same run. */
@NullMarked
package io.millrace.tests.bench;

import org.jspecify.annotations.NullMarked;
