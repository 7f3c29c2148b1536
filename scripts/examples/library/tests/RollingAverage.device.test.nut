class RollingAverageTestCase extends ImpTestCase {

    average = null;

    function setUp() {
        average = RollingAverage(3);
    }

    function testStartsWithoutValue() {
        assertEqual(null, RollingAverage(3).value());
    }

    function testForgetsOldReadings() {
        foreach (reading in [100, 1, 2, 3]) average.add(reading);
        assertClose(2.0, average.value(), 0.001);
    }

    function testNeedsRoomForOneReading() {
        assertThrowsError(@() RollingAverage(0), this);
    }

    // A quarter of a minute of readings: the sandbox does not wait for them.
    function testFollowsASlowSensor() {
        local readings = RollingAverage(60);
        return Promise(function(resolve, reject) {
            local count = 0;
            local read = null;
            read = function() {
                readings.add(count++);
                if (count < 60) imp.wakeup(0.25, read);
                else resolve("average " + readings.value());
            };
            read();
        });
    }
}
