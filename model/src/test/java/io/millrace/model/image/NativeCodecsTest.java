package io.millrace.model.image;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NativeCodecsTest {

    @AfterEach
    void clear() {
        System.clearProperty(NativeCodecs.PROPERTY);
    }

    @Test
    void system_isTheJdkAlone_whenThePropertySaysSo() {
        System.setProperty(NativeCodecs.PROPERTY, "false");

        assertThat(NativeCodecs.system()).isEqualTo(NativeCodecs.NONE);
    }
}
