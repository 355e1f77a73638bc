@NullMarked
package io.millrace.operators;

import org.jspecify.annotations.NullMarked;
