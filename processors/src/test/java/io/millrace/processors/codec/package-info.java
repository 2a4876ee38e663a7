@NullMarked
package io.millrace.processors.codec;

import org.jspecify.annotations.NullMarked;
