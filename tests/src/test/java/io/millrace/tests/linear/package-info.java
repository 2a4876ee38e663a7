/**
 * Whether recorded histories of concurrent calls are those of an object that does one at a time.
 */
@NullMarked
package io.millrace.tests.linear;

import org.jspecify.annotations.NullMarked;
