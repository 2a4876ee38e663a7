/** Violations on purpose: the rules must find them. */
@NullMarked
package io.millrace.tests.architecture.planted.tests.oracle;

import org.jspecify.annotations.NullMarked;
