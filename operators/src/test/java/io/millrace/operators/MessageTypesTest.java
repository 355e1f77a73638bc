package io.millrace.operators;

import io.millrace.model.evaluation.BankState;
import io.millrace.model.evaluation.ProbeState;
import io.millrace.model.stream.DeadLetter;
import io.millrace.model.stream.FeatureBatch;
import io.millrace.model.stream.Frame;
import io.millrace.model.stream.ProbeReport;
import io.millrace.model.stream.Progress;
import io.millrace.model.stream.StepReport;
import io.millrace.model.stream.ViewPair;
import org.apache.flink.types.PojoTestUtils;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageTypesTest {

    @ParameterizedTest
    @ValueSource(
            classes = {
                Frame.class,
                ViewPair.class,
                DeadLetter.class,
                StepReport.class,
                ProbeReport.class,
                FeatureBatch.class,
                Progress.class,
                LearnerState.class,
                ProbeState.class,
                BankState.class,
                ProbeReport.Known.class,
                ProbeReport.Bank.class
            })
    void message_isSerializedWithoutKryo(Class<?> message) {
        PojoTestUtils.assertSerializedAsPojoWithoutKryo(message);
    }
}
