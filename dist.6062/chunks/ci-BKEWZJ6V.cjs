"use strict";var __defProp=Object.defineProperty;var __getOwnPropDesc=Object.getOwnPropertyDescriptor;var __getOwnPropNames=Object.getOwnPropertyNames;var __hasOwnProp=Object.prototype.hasOwnProperty;var __export=(target,all)=>{for(var name in all)__defProp(target,name,{get:all[name],enumerable:!0})},__copyProps=(to,from,except,desc)=>{if(from&&typeof from=="object"||typeof from=="function")for(let key of __getOwnPropNames(from))!__hasOwnProp.call(to,key)&&key!==except&&__defProp(to,key,{get:()=>from[key],enumerable:!(desc=__getOwnPropDesc(from,key))||desc.enumerable});return to};var __toCommonJS=mod=>__copyProps(__defProp({},"__esModule",{value:!0}),mod);var stdin_exports={};__export(stdin_exports,{default:()=>ci_default});module.exports=__toCommonJS(stdin_exports);var import_chunk_477ZAGBT=require("./chunk-477ZAGBT.cjs"),ci_default=`# Tests in pipelines

\`impt test run\` in a pipeline: what it needs, what its exit code says, and a complete file for each of four systems.

## What a job needs

- Node 20.19 or later and \`impt\`. The files below install a package that \`npm pack\` made and that lies in the repository, as \`tools/impt-3.0.0.tgz\`.
- A login: \`IMPT_LOGINKEY\` (\`impt loginkey create\` makes one) from the secrets of the system, and \`IMPT_ENDPOINT\` for another impCentral than
  the public one. Nothing is written to disk, and no output shows the key.
- \`.impt.test\` in the repository (\`impt test create\`), and devices in its Device Group that nothing else uses meanwhile.

Nothing asks: what would, fails at once with exit code 4. \`impt --sandbox test run\` runs the same tests on virtual devices, without login and hardware.

## What the exit code says

| Code | Meaning                                                                                      |
| ---- | -------------------------------------------------------------------------------------------- |
| 0    | all tests passed                                                                             |
| 1    | a test failed, or its code does not compile, load or end: somebody has to look at the code   |
| 2    | a mistake in the command line                                                                |
| 3    | the login was refused                                                                        |
| 8    | no verdict: a device or the cloud kept tests from running, which says nothing about the code |

\`--retry-no-verdict 2\` repeats what had no verdict, and nothing else. \`--report junit=FILE\` (or \`tap=\`, \`json=\`) writes a report whatever ends the
run; an old file of that name is removed at the start. An account has one log stream at a time: test runs of one machine take turns
(\`--wait 20m\`), and a run whose stream is taken by another client goes on by the stored logs. \`impt squirrel check\` compiles without devices: it
follows the Project file, so that it suits a commit hook.

## GitHub Actions: \`.github/workflows/device-tests.yml\`

\`\`\`yaml
name: device tests
on: [push]
concurrency: device-tests
jobs:
  test:
    runs-on: ubuntu-latest
    timeout-minutes: 60
    env:
      IMPT_LOGINKEY: \${{ secrets.IMPT_LOGINKEY }}
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with:
          node-version: 20
      - run: npm install --global ./tools/impt-3.0.0.tgz
      - run: impt squirrel check device.nut agent.nut
      - run: |
          code=0
          impt test run --report junit=reports/impt.xml --retry-no-verdict 2 --wait 20m || code=$?
          if [ "$code" = 8 ]; then echo "::warning::No verdict: see the devices, not the code"; fi
          exit "$code"
      - uses: actions/upload-artifact@v4
        if: always()
        with:
          name: reports
          path: reports
\`\`\`

## GitLab: \`.gitlab-ci.yml\`

\`\`\`yaml
device-tests:
  image: node:20
  resource_group: device-tests
  timeout: 1h
  script:
    - npm install --global ./tools/impt-3.0.0.tgz
    - impt squirrel check device.nut agent.nut
    - impt test run --report junit=reports/impt.xml --retry-no-verdict 2 --wait 20m
  allow_failure:
    exit_codes: 8
  artifacts:
    when: always
    reports:
      junit: reports/impt.xml
\`\`\`

## TeamCity: \`.teamcity/settings.kts\`

\`\`\`kotlin
import jetbrains.buildServer.configs.kotlin.*
import jetbrains.buildServer.configs.kotlin.buildFeatures.xmlReport
import jetbrains.buildServer.configs.kotlin.buildFeatures.XmlReport
import jetbrains.buildServer.configs.kotlin.buildSteps.script

version = "2023.11"

project {
    buildType(DeviceTests)
}

object DeviceTests : BuildType({
    name = "Device tests"
    maxRunningBuilds = 1
    vcs { root(DslContext.settingsRoot) }
    params { password("env.IMPT_LOGINKEY", "credentialsJSON:impt-login-key") }
    steps {
        script {
            scriptContent = """
                npm install --global ./tools/impt-3.0.0.tgz
                impt squirrel check device.nut agent.nut || exit 1
                code=0
                impt test run --report junit=reports/impt.xml --retry-no-verdict 2 --wait 20m || code=\${'$'}?
                if [ "\${'$'}code" = 8 ]; then echo "##teamcity[buildStatus text='No verdict: see the devices, not the code']"; fi
                exit "\${'$'}code"
            """.trimIndent()
        }
    }
    features {
        xmlReport {
            reportType = XmlReport.XmlReportType.JUNIT
            rules = "reports/*.xml"
        }
    }
})
\`\`\`

## Jenkins: \`Jenkinsfile\`

\`\`\`groovy
pipeline {
    agent { label 'imp-devices' }
    options {
        disableConcurrentBuilds()
        timeout(time: 1, unit: 'HOURS')
    }
    environment { IMPT_LOGINKEY = credentials('impt-login-key') }
    stages {
        stage('Device tests') {
            steps {
                sh '''
                    npm install --global ./tools/impt-3.0.0.tgz
                    impt squirrel check device.nut agent.nut
                '''
                script {
                    def code = sh returnStatus: true, script: '''
                        impt test run --report junit=reports/impt.xml --retry-no-verdict 2 --wait 20m
                    '''
                    if (code == 8) unstable('No verdict: see the devices, not the code')
                    else if (code != 0) error("impt test run ended with exit code \${code}")
                }
            }
        }
    }
    post { always { junit 'reports/*.xml' } }
}
\`\`\`
`;
