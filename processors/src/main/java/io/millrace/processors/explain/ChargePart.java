package io.millrace.processors.explain;

import java.math.BigDecimal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a part of a charge's quantity comes from, where the sum of its readings does not tell: a
 * meter of a bundle, or an allowance that use draws on. What all parts of a charge count for adds
 * up to its quantity.
 *
 * @param what the meter's name, the allowance's, or in words what else there is
 * @param since when the period began that brought what was drawn; null where nothing did
 * @param quantity in {@code unit}, negative where it is taken back; told to twelve digits where it
 *     has no end
 * @param unit the meter's, or the allowance's
 * @param counts what it counts for in the charge's unit, told as {@code quantity}
 */
public record ChargePart(
    String what, @Nullable Instant since, BigDecimal quantity, String unit, BigDecimal counts) {}
