// The partner, Echo.device.nut, runs on the device and sends back what it gets.
class EchoTestCase extends ImpTestCase {

    function testDeviceAnswers() {
        this.info("asking the device");
        return Promise(function(resolve, reject) {
            device.on("echo", function(data) {
                try {
                    assertDeepEqual({"reading": 21.5, "unit": "C"}, data);
                    resolve();
                } catch (error) {
                    reject(error);
                }
            }.bindenv(this));
            device.send("echo", {"reading": 21.5, "unit": "C"});
        }.bindenv(this));
    }

    function testComputerHelps() {
        this.runCommand("echo this ran on your computer");
    }
}
