/**
 * The load: simulated street lamps that publish over real MQTT 5 connections. What they say is a
 * pure function of the seed, so a run can be repeated and nothing has to be kept for a re-send.
 */
@NullMarked
package io.millrace.ops.demo.generator;

import org.jspecify.annotations.NullMarked;
