/** Violations on purpose: the rules must find them. */
@NullMarked
package io.millrace.tests.architecture.planted.processors;

import org.jspecify.annotations.NullMarked;
