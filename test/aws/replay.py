"""Makes what the program declares on AWS by the AWS SDK's own calls, in moto instead of an account.

    replay.py REGION < RESOURCES

Reads the resources as JSON, in an order in which they can be made, and writes what was wrong with each, a line of JSON each.
Beside what moto refuses, every value is held to the enumerations of the SDK's own model, which the SDK sends unseen.
"""

import json
import os
import sys

os.environ.update(
    AWS_ACCESS_KEY_ID="none",
    AWS_SECRET_ACCESS_KEY="none",
    MOTO_IAM_LOAD_MANAGED_POLICIES="true",
)

import boto3
from botocore.model import ListShape, MapShape, StructureShape
from moto import mock_aws

REGION = sys.argv[1]


def held_to_enums(params, model, **_):
    """Fails on a value that is not in its enumeration."""
    wrong = list(wrong_enums(params, model.input_shape, model.name))
    if wrong:
        raise ValueError("; ".join(wrong))


def wrong_enums(value, shape, path):
    if isinstance(shape, StructureShape):
        for key, inner in value.items():
            yield from wrong_enums(inner, shape.members[key], f"{path}.{key}")
    elif isinstance(shape, ListShape):
        for inner in value:
            yield from wrong_enums(inner, shape.member, path)
    elif isinstance(shape, MapShape):
        for inner in value.values():
            yield from wrong_enums(inner, shape.value, path)
    elif getattr(shape, "enum", None) and value not in shape.enum:
        yield f"{path} is {value}, not one of {', '.join(shape.enum)}"


def capital(name):
    return name[0].upper() + name[1:]


def client(service):
    made = boto3.client(service, region_name=REGION)
    made.meta.events.register(f"before-parameter-build.{made.meta.service_model.service_id.hyphenize()}", held_to_enums)
    return made


class Account:
    """An account that holds what was made so far, by type and by the id or ARN that the program's mocks gave it."""

    def __init__(self):
        self.made = {}
        self.ec2, self.iam, self.ecr, self.eks, self.kms, self.logs, self.acm, self.route53, self.s3 = map(
            client, ("ec2", "iam", "ecr", "eks", "kms", "logs", "acm", "route53", "s3")
        )
        # What the stack finds and does not make.
        zone = self.route53.create_hosted_zone(Name="example.com", CallerReference="replay")["HostedZone"]
        self.zone = zone["Id"].removeprefix("/hostedzone/")

    def real(self, kind, mocked):
        return self.made[kind, mocked.removesuffix("-id").rpartition(":")[2]]

    def make(self, kind, name, inputs):
        self.made[kind, name] = getattr(self, kind)(inputs, name)

    def Vpc(self, i, _):
        vpc = self.ec2.create_vpc(CidrBlock=i["cidrBlock"])["Vpc"]["VpcId"]
        self.ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": i["enableDnsHostnames"]})
        self.ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsSupport={"Value": i["enableDnsSupport"]})
        return self.tagged(vpc, i)

    def tagged(self, resource, i):
        tags = [{"Key": key, "Value": value} for key, value in i.get("tags", {}).items()]
        self.ec2.create_tags(Resources=[resource], Tags=tags)
        return resource

    def DefaultSecurityGroup(self, i, _):
        filters = [{"Name": "vpc-id", "Values": [self.real("Vpc", i["vpcId"])]}]
        group = self.ec2.describe_security_groups(Filters=filters)["SecurityGroups"][0]
        return self.tagged(group["GroupId"], i)

    def InternetGateway(self, i, _):
        gateway = self.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        self.ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=self.real("Vpc", i["vpcId"]))
        return self.tagged(gateway, i)

    def Subnet(self, i, _):
        subnet = self.ec2.create_subnet(
            VpcId=self.real("Vpc", i["vpcId"]), CidrBlock=i["cidrBlock"], AvailabilityZone=i["availabilityZone"]
        )["Subnet"]["SubnetId"]
        self.ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": i["mapPublicIpOnLaunch"]})
        return self.tagged(subnet, i)

    def RouteTable(self, i, _):
        table = self.ec2.create_route_table(VpcId=self.real("Vpc", i["vpcId"]))["RouteTable"]["RouteTableId"]
        return self.tagged(table, i)

    def Route(self, i, _):
        gateway = (
            {"GatewayId": self.real("InternetGateway", i["gatewayId"])}
            if "gatewayId" in i
            else {"NatGatewayId": self.real("NatGateway", i["natGatewayId"])}
        )
        return self.ec2.create_route(
            RouteTableId=self.real("RouteTable", i["routeTableId"]),
            DestinationCidrBlock=i["destinationCidrBlock"],
            **gateway,
        )

    def RouteTableAssociation(self, i, _):
        return self.ec2.associate_route_table(
            RouteTableId=self.real("RouteTable", i["routeTableId"]), SubnetId=self.real("Subnet", i["subnetId"])
        )

    def Eip(self, i, _):
        return self.tagged(self.ec2.allocate_address(Domain=i["domain"])["AllocationId"], i)

    def NatGateway(self, i, _):
        gateway = self.ec2.create_nat_gateway(
            AllocationId=self.real("Eip", i["allocationId"]), SubnetId=self.real("Subnet", i["subnetId"])
        )["NatGateway"]["NatGatewayId"]
        return self.tagged(gateway, i)

    def VpcEndpoint(self, i, _):
        endpoint = self.ec2.create_vpc_endpoint(
            VpcId=self.real("Vpc", i["vpcId"]),
            ServiceName=i["serviceName"],
            VpcEndpointType=i["vpcEndpointType"],
            RouteTableIds=[self.real("RouteTable", table) for table in i["routeTableIds"]],
        )["VpcEndpoint"]["VpcEndpointId"]
        return self.tagged(endpoint, i)

    def Role(self, i, name):
        made = self.iam.create_role(RoleName=f"{name}-0123456", AssumeRolePolicyDocument=i["assumeRolePolicy"])
        return made["Role"]

    def RolePolicy(self, i, name):
        role = self.real("Role", i["role"])["RoleName"]
        return self.iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=i["policy"])

    def RolePolicyAttachment(self, i, _):
        self.iam.get_policy(PolicyArn=i["policyArn"])
        return self.iam.attach_role_policy(
            RoleName=self.real("Role", i["role"])["RoleName"], PolicyArn=i["policyArn"]
        )

    def Key(self, i, _):
        key = self.kms.create_key(Description=i["description"])["KeyMetadata"]
        if i["enableKeyRotation"]:
            self.kms.enable_key_rotation(KeyId=key["KeyId"])
        return key["Arn"]

    def LogGroup(self, i, _):
        self.logs.create_log_group(logGroupName=i["name"])
        return self.logs.put_retention_policy(logGroupName=i["name"], retentionInDays=i["retentionInDays"])

    def Repository(self, i, name):
        encryption = i["encryptionConfigurations"][0]
        made = f"{name}-0123456"
        self.ecr.create_repository(
            repositoryName=made,
            imageTagMutability=i["imageTagMutability"],
            imageScanningConfiguration=i["imageScanningConfiguration"],
            encryptionConfiguration={
                "encryptionType": encryption["encryptionType"],
                "kmsKey": self.real("Key", encryption["kmsKey"]),
            },
        )
        return made

    def LifecyclePolicy(self, i, _):
        repository = self.real("Repository", i["repository"])
        return self.ecr.put_lifecycle_policy(repositoryName=repository, lifecyclePolicyText=i["policy"])

    def Cluster(self, i, _):
        encryption = i["encryptionConfig"]
        compute = {**i["computeConfig"], "nodeRoleArn": self.real("Role", i["computeConfig"]["nodeRoleArn"])["Arn"]}
        network = {**i["vpcConfig"], "subnetIds": [self.real("Subnet", s) for s in i["vpcConfig"]["subnetIds"]]}
        logs = {"clusterLogging": [{"types": i["enabledClusterLogTypes"], "enabled": True}]}
        self.eks.create_cluster(
            name=i["name"],
            version=i["version"],
            roleArn=self.real("Role", i["roleArn"])["Arn"],
            resourcesVpcConfig=network,
            kubernetesNetworkConfig=i["kubernetesNetworkConfig"],
            accessConfig=i["accessConfig"],
            bootstrapSelfManagedAddons=i["bootstrapSelfManagedAddons"],
            computeConfig=compute,
            storageConfig=i["storageConfig"],
            upgradePolicy=i["upgradePolicy"],
            logging=logs,
            encryptionConfig=[
                {
                    "resources": encryption["resources"],
                    "provider": {"keyArn": self.real("Key", encryption["provider"]["keyArn"])},
                }
            ],
        )
        return i["name"]

    def Certificate(self, i, _):
        others = i.get("subjectAlternativeNames")
        return self.acm.request_certificate(
            DomainName=i["domainName"],
            ValidationMethod=i["validationMethod"],
            **({"SubjectAlternativeNames": others} if others else {}),
        )["CertificateArn"]

    def CertificateValidation(self, i, _):
        arn = self.real("Certificate", i["certificateArn"])
        proved = {record.rstrip(".").removeprefix("_proof.") for record in i["validationRecordFqdns"]}
        names = self.acm.describe_certificate(CertificateArn=arn)["Certificate"]["SubjectAlternativeNames"]
        if set(names) - proved:
            raise ValueError(f"nothing proves {', '.join(set(names) - proved)}")
        return arn

    def Record(self, i, _):
        record = {"Name": i["name"], "Type": i["type"]}
        if "aliases" in i:
            [alias] = i["aliases"]
            record["AliasTarget"] = {
                "HostedZoneId": alias["zoneId"],
                "DNSName": alias["name"],
                "EvaluateTargetHealth": alias["evaluateTargetHealth"],
            }
        else:
            record.update(TTL=i["ttl"], ResourceRecords=[{"Value": value} for value in i["records"]])
        action = "UPSERT" if i.get("allowOverwrite") else "CREATE"
        changes = {"Changes": [{"Action": action, "ResourceRecordSet": record}]}
        return self.route53.change_resource_record_sets(HostedZoneId=self.zone, ChangeBatch=changes)

    def AccessEntry(self, i, _):
        return self.eks.create_access_entry(clusterName=i["clusterName"], principalArn=i["principalArn"])

    def AccessPolicyAssociation(self, i, _):
        return self.eks.associate_access_policy(
            clusterName=i["clusterName"],
            principalArn=i["principalArn"],
            policyArn=i["policyArn"],
            accessScope=i["accessScope"],
        )

    def PodIdentityAssociation(self, i, _):
        return self.eks.create_pod_identity_association(
            clusterName=i["clusterName"],
            namespace=i["namespace"],
            serviceAccount=i["serviceAccount"],
            roleArn=self.real("Role", i["roleArn"])["Arn"],
        )

    def Bucket(self, i, name):
        made = f"{name}-0123456"
        where = {} if REGION == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": REGION}}
        self.s3.create_bucket(Bucket=made, **where)
        return made

    def BucketPublicAccessBlock(self, i, _):
        names = ("blockPublicAcls", "ignorePublicAcls", "blockPublicPolicy", "restrictPublicBuckets")
        return self.s3.put_public_access_block(
            Bucket=self.real("Bucket", i["bucket"]),
            PublicAccessBlockConfiguration={capital(name): i[name] for name in names},
        )

    def BucketServerSideEncryptionConfiguration(self, i, _):
        (rule,) = i["rules"]
        default = rule["applyServerSideEncryptionByDefault"]
        key = self.real("Key", default["kmsMasterKeyId"])
        made = {
            "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": default["sseAlgorithm"], "KMSMasterKeyID": key},
            "BucketKeyEnabled": rule["bucketKeyEnabled"],
        }
        return self.s3.put_bucket_encryption(
            Bucket=self.real("Bucket", i["bucket"]), ServerSideEncryptionConfiguration={"Rules": [made]}
        )

    def BucketVersioning(self, i, _):
        return self.s3.put_bucket_versioning(
            Bucket=self.real("Bucket", i["bucket"]),
            VersioningConfiguration={"Status": i["versioningConfiguration"]["status"]},
        )

    def BucketPolicy(self, i, _):
        return self.s3.put_bucket_policy(Bucket=self.real("Bucket", i["bucket"]), Policy=i["policy"])

    def BucketLifecycleConfiguration(self, i, _):
        rules = [
            {
                "ID": rule["id"],
                "Status": rule["status"],
                "Filter": {"Prefix": rule["filter"]["prefix"]},
                "NoncurrentVersionExpiration": {
                    "NoncurrentDays": rule["noncurrentVersionExpiration"]["noncurrentDays"]
                },
                "AbortIncompleteMultipartUpload": {
                    "DaysAfterInitiation": rule["abortIncompleteMultipartUpload"]["daysAfterInitiation"]
                },
            }
            for rule in i["rules"]
        ]
        return self.s3.put_bucket_lifecycle_configuration(
            Bucket=self.real("Bucket", i["bucket"]), LifecycleConfiguration={"Rules": rules}
        )

    def Addon(self, i, _):
        return self.eks.create_addon(clusterName=i["clusterName"], addonName=i["addonName"])


with mock_aws():
    account = Account()
    for resource in json.load(sys.stdin):
        kind, name = resource["kind"], resource["name"]
        try:
            account.make(kind, name, resource["inputs"])
            problem = None
        except Exception as error:  # noqa: BLE001: whatever is wrong is the answer.
            problem = f"{type(error).__name__}: {error}"
        print(json.dumps({"kind": kind, "name": name, "problem": problem}))
