@NullMarked
package io.millrace.routes;

import org.jspecify.annotations.NullMarked;
