/** The REST face: requests are routed and checked by the contract in {@code openapi/}. */
@NullMarked
package io.millrace.ops.rest;

import org.jspecify.annotations.NullMarked;
