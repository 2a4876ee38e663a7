/** The demo: a smart city's day, its live view, its books and their proof. */
@NullMarked
package io.millrace.ops.demo;

import org.jspecify.annotations.NullMarked;
