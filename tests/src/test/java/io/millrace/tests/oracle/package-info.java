/**
 * The judge of the simulation: what a journal's events must come to, worked out a second time with
 * plain maps and BigDecimal. It imports nothing of the catalog or the engine.
 */
@NullMarked
package io.millrace.tests.oracle;

import org.jspecify.annotations.NullMarked;
