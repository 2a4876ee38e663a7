/**
 * The language: money, meters, tariffs, agreements, the file format and its checks. It says, it
 * never does: no clock, no rating, no I/O.
 */
@NullMarked
package io.millrace.catalog;

import org.jspecify.annotations.NullMarked;
