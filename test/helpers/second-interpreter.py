"""Executes a state machine by moto's interpreter: the definition, a name and the input on standard input, the end on standard output.

Tasks are done by whoever started this: each invocation of a function is posted to `tasks`, by the function's name.
"""

import io
import json
import sys
import time
import urllib.request

import boto3
from moto import mock_aws
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils

asked = json.load(sys.stdin)


class Functions:
    def invoke(self, FunctionName, Payload):
        request = urllib.request.Request(f"{asked['tasks']}/{FunctionName.split(':')[-1]}", Payload, method="POST")
        with urllib.request.urlopen(request) as answer:
            failed = answer.headers.get("X-Amz-Function-Error")
            told = {"FunctionError": failed} if failed else {}
            return {"StatusCode": 200, "Payload": io.BytesIO(answer.read()), **told}


lambda_eval_utils.boto_client_for = lambda **_: Functions()

with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
    client = boto3.client("stepfunctions", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
    machine = client.create_state_machine(
        name="loop", definition=asked["definition"], roleArn="arn:aws:iam::123456789012:role/loop"
    )
    started = client.start_execution(
        stateMachineArn=machine["stateMachineArn"], name=asked["name"], input=asked["input"]
    )["executionArn"]
    while (ended := client.describe_execution(executionArn=started))["status"] == "RUNNING":
        time.sleep(0.1)
    json.dump({part: ended.get(part) for part in ("status", "output", "error", "cause")}, sys.stdout)
