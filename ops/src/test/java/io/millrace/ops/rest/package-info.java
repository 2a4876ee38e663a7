@NullMarked
package io.millrace.ops.rest;

import org.jspecify.annotations.NullMarked;
