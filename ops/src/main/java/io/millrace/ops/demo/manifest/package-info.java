/**
 * The generator's own record of what it did, and the proof made from it: plain JDK and BigDecimal,
 * nothing of the catalog or the engine, so that a mistake there can't excuse itself here.
 */
@NullMarked
package io.millrace.ops.demo.manifest;

import org.jspecify.annotations.NullMarked;
