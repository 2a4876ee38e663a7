package io.millrace.ops.demo;

import java.math.BigDecimal;
import java.time.Instant;

/**
 * What a running demo shows.
 *
 * @param received events the gateway has disposed of
 * @param duplicates of them, seen before
 * @param suspended of them, in suspense
 * @param charged of them, charged
 * @param money accrued and posted, in the currency's major unit
 * @param lag events published that the gateway has not disposed of
 * @param simulated the demo's time
 * @param minutes simulated minutes that are over
 * @param ofMinutes simulated minutes in all; 1 at least
 * @param trouble one line on what it waits for; empty when all is well
 */
public record LiveFigures(
    long received,
    long duplicates,
    long suspended,
    long charged,
    BigDecimal money,
    long lag,
    Instant simulated,
    int minutes,
    int ofMinutes,
    String trouble) {}
