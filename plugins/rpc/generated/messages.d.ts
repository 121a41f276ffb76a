import * as $protobuf from "protobufjs";
import Long = require("long");
/** Namespace npd. */
export namespace npd {

    /** Namespace external. */
    namespace external {

        /** Namespace v1. */
        namespace v1 {

            /** Properties of a HealthCheckRequest. */
            interface IHealthCheckRequest {

                /** HealthCheckRequest parameters */
                parameters?: ({ [k: string]: string }|null);

                /** HealthCheckRequest sequence */
                sequence?: (number|Long|null);
            }

            /** Represents a HealthCheckRequest. */
            class HealthCheckRequest implements IHealthCheckRequest {

                /**
                 * Constructs a new HealthCheckRequest.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: npd.external.v1.IHealthCheckRequest);

                /** HealthCheckRequest parameters. */
                public parameters: { [k: string]: string };

                /** HealthCheckRequest sequence. */
                public sequence: (number|Long);

                /**
                 * Encodes the specified HealthCheckRequest message. Does not implicitly {@link npd.external.v1.HealthCheckRequest.verify|verify} messages.
                 * @param message HealthCheckRequest message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                public static encode(message: npd.external.v1.IHealthCheckRequest, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a HealthCheckRequest message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns HealthCheckRequest
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                public static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): npd.external.v1.HealthCheckRequest;
            }

            /** Properties of a Status. */
            interface IStatus {

                /** Status source */
                source?: (string|null);

                /** Status events */
                events?: (npd.external.v1.IEvent[]|null);

                /** Status conditions */
                conditions?: (npd.external.v1.ICondition[]|null);
            }

            /** Represents a Status. */
            class Status implements IStatus {

                /**
                 * Constructs a new Status.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: npd.external.v1.IStatus);

                /** Status source. */
                public source: string;

                /** Status events. */
                public events: npd.external.v1.IEvent[];

                /** Status conditions. */
                public conditions: npd.external.v1.ICondition[];

                /**
                 * Encodes the specified Status message. Does not implicitly {@link npd.external.v1.Status.verify|verify} messages.
                 * @param message Status message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                public static encode(message: npd.external.v1.IStatus, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Status message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns Status
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                public static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): npd.external.v1.Status;
            }

            /** Properties of an Event. */
            interface IEvent {

                /** Event severity */
                severity?: (npd.external.v1.Severity|null);

                /** Event timestamp */
                timestamp?: (google.protobuf.ITimestamp|null);

                /** Event reason */
                reason?: (string|null);

                /** Event message */
                message?: (string|null);
            }

            /** Represents an Event. */
            class Event implements IEvent {

                /**
                 * Constructs a new Event.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: npd.external.v1.IEvent);

                /** Event severity. */
                public severity: npd.external.v1.Severity;

                /** Event timestamp. */
                public timestamp?: (google.protobuf.ITimestamp|null);

                /** Event reason. */
                public reason: string;

                /** Event message. */
                public message: string;

                /**
                 * Encodes the specified Event message. Does not implicitly {@link npd.external.v1.Event.verify|verify} messages.
                 * @param message Event message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                public static encode(message: npd.external.v1.IEvent, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes an Event message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns Event
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                public static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): npd.external.v1.Event;
            }

            /** Properties of a Condition. */
            interface ICondition {

                /** Condition type */
                type?: (string|null);

                /** Condition status */
                status?: (npd.external.v1.ConditionStatus|null);

                /** Condition transition */
                transition?: (google.protobuf.ITimestamp|null);

                /** Condition reason */
                reason?: (string|null);

                /** Condition message */
                message?: (string|null);
            }

            /** Represents a Condition. */
            class Condition implements ICondition {

                /**
                 * Constructs a new Condition.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: npd.external.v1.ICondition);

                /** Condition type. */
                public type: string;

                /** Condition status. */
                public status: npd.external.v1.ConditionStatus;

                /** Condition transition. */
                public transition?: (google.protobuf.ITimestamp|null);

                /** Condition reason. */
                public reason: string;

                /** Condition message. */
                public message: string;

                /**
                 * Encodes the specified Condition message. Does not implicitly {@link npd.external.v1.Condition.verify|verify} messages.
                 * @param message Condition message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                public static encode(message: npd.external.v1.ICondition, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a Condition message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns Condition
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                public static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): npd.external.v1.Condition;
            }

            /** Properties of a MonitorMetadata. */
            interface IMonitorMetadata {

                /** MonitorMetadata name */
                name?: (string|null);

                /** MonitorMetadata version */
                version?: (string|null);

                /** MonitorMetadata description */
                description?: (string|null);

                /** MonitorMetadata supportedConditions */
                supportedConditions?: (string[]|null);

                /** MonitorMetadata capabilities */
                capabilities?: ({ [k: string]: string }|null);

                /** MonitorMetadata apiVersion */
                apiVersion?: (string|null);
            }

            /** Represents a MonitorMetadata. */
            class MonitorMetadata implements IMonitorMetadata {

                /**
                 * Constructs a new MonitorMetadata.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: npd.external.v1.IMonitorMetadata);

                /** MonitorMetadata name. */
                public name: string;

                /** MonitorMetadata version. */
                public version: string;

                /** MonitorMetadata description. */
                public description: string;

                /** MonitorMetadata supportedConditions. */
                public supportedConditions: string[];

                /** MonitorMetadata capabilities. */
                public capabilities: { [k: string]: string };

                /** MonitorMetadata apiVersion. */
                public apiVersion: string;

                /**
                 * Encodes the specified MonitorMetadata message. Does not implicitly {@link npd.external.v1.MonitorMetadata.verify|verify} messages.
                 * @param message MonitorMetadata message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                public static encode(message: npd.external.v1.IMonitorMetadata, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a MonitorMetadata message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns MonitorMetadata
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                public static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): npd.external.v1.MonitorMetadata;
            }

            /** Severity enum. */
            enum Severity {
                SEVERITY_UNSPECIFIED = 0,
                SEVERITY_INFO = 1,
                SEVERITY_WARN = 2
            }

            /** ConditionStatus enum. */
            enum ConditionStatus {
                CONDITION_STATUS_UNSPECIFIED = 0,
                CONDITION_STATUS_TRUE = 1,
                CONDITION_STATUS_FALSE = 2,
                CONDITION_STATUS_UNKNOWN = 3
            }
        }
    }
}

/** Namespace google. */
export namespace google {

    /** Namespace protobuf. */
    namespace protobuf {

        /** Properties of an Empty. */
        interface IEmpty {
        }

        /** Represents an Empty. */
        class Empty implements IEmpty {

            /**
             * Constructs a new Empty.
             * @param [properties] Properties to set
             */
            constructor(properties?: google.protobuf.IEmpty);

            /**
             * Encodes the specified Empty message. Does not implicitly {@link google.protobuf.Empty.verify|verify} messages.
             * @param message Empty message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            public static encode(message: google.protobuf.IEmpty, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes an Empty message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns Empty
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            public static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): google.protobuf.Empty;
        }

        /** Properties of a Timestamp. */
        interface ITimestamp {

            /** Timestamp seconds */
            seconds?: (number|Long|null);

            /** Timestamp nanos */
            nanos?: (number|null);
        }

        /** Represents a Timestamp. */
        class Timestamp implements ITimestamp {

            /**
             * Constructs a new Timestamp.
             * @param [properties] Properties to set
             */
            constructor(properties?: google.protobuf.ITimestamp);

            /** Timestamp seconds. */
            public seconds: (number|Long);

            /** Timestamp nanos. */
            public nanos: number;

            /**
             * Encodes the specified Timestamp message. Does not implicitly {@link google.protobuf.Timestamp.verify|verify} messages.
             * @param message Timestamp message or plain object to encode
             * @param [writer] Writer to encode to
             * @returns Writer
             */
            public static encode(message: google.protobuf.ITimestamp, writer?: $protobuf.Writer): $protobuf.Writer;

            /**
             * Decodes a Timestamp message from the specified reader or buffer.
             * @param reader Reader or buffer to decode from
             * @param [length] Message length if known beforehand
             * @returns Timestamp
             * @throws {Error} If the payload is not a reader or valid buffer
             * @throws {$protobuf.util.ProtocolError} If required fields are missing
             */
            public static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): google.protobuf.Timestamp;
        }
    }
}

/** Namespace grpc. */
export namespace grpc {

    /** Namespace health. */
    namespace health {

        /** Namespace v1. */
        namespace v1 {

            /** Properties of a HealthCheckRequest. */
            interface IHealthCheckRequest {

                /** HealthCheckRequest service */
                service?: (string|null);
            }

            /** Represents a HealthCheckRequest. */
            class HealthCheckRequest implements IHealthCheckRequest {

                /**
                 * Constructs a new HealthCheckRequest.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: grpc.health.v1.IHealthCheckRequest);

                /** HealthCheckRequest service. */
                public service: string;

                /**
                 * Encodes the specified HealthCheckRequest message. Does not implicitly {@link grpc.health.v1.HealthCheckRequest.verify|verify} messages.
                 * @param message HealthCheckRequest message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                public static encode(message: grpc.health.v1.IHealthCheckRequest, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a HealthCheckRequest message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns HealthCheckRequest
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                public static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.health.v1.HealthCheckRequest;
            }

            /** Properties of a HealthCheckResponse. */
            interface IHealthCheckResponse {

                /** HealthCheckResponse status */
                status?: (grpc.health.v1.HealthCheckResponse.ServingStatus|null);
            }

            /** Represents a HealthCheckResponse. */
            class HealthCheckResponse implements IHealthCheckResponse {

                /**
                 * Constructs a new HealthCheckResponse.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: grpc.health.v1.IHealthCheckResponse);

                /** HealthCheckResponse status. */
                public status: grpc.health.v1.HealthCheckResponse.ServingStatus;

                /**
                 * Encodes the specified HealthCheckResponse message. Does not implicitly {@link grpc.health.v1.HealthCheckResponse.verify|verify} messages.
                 * @param message HealthCheckResponse message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                public static encode(message: grpc.health.v1.IHealthCheckResponse, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a HealthCheckResponse message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns HealthCheckResponse
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                public static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.health.v1.HealthCheckResponse;
            }

            namespace HealthCheckResponse {

                /** ServingStatus enum. */
                enum ServingStatus {
                    UNKNOWN = 0,
                    SERVING = 1,
                    NOT_SERVING = 2,
                    SERVICE_UNKNOWN = 3
                }
            }

            /** Properties of a HealthListRequest. */
            interface IHealthListRequest {
            }

            /** Represents a HealthListRequest. */
            class HealthListRequest implements IHealthListRequest {

                /**
                 * Constructs a new HealthListRequest.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: grpc.health.v1.IHealthListRequest);

                /**
                 * Encodes the specified HealthListRequest message. Does not implicitly {@link grpc.health.v1.HealthListRequest.verify|verify} messages.
                 * @param message HealthListRequest message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                public static encode(message: grpc.health.v1.IHealthListRequest, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a HealthListRequest message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns HealthListRequest
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                public static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.health.v1.HealthListRequest;
            }

            /** Properties of a HealthListResponse. */
            interface IHealthListResponse {

                /** HealthListResponse statuses */
                statuses?: ({ [k: string]: grpc.health.v1.IHealthCheckResponse }|null);
            }

            /** Represents a HealthListResponse. */
            class HealthListResponse implements IHealthListResponse {

                /**
                 * Constructs a new HealthListResponse.
                 * @param [properties] Properties to set
                 */
                constructor(properties?: grpc.health.v1.IHealthListResponse);

                /** HealthListResponse statuses. */
                public statuses: { [k: string]: grpc.health.v1.IHealthCheckResponse };

                /**
                 * Encodes the specified HealthListResponse message. Does not implicitly {@link grpc.health.v1.HealthListResponse.verify|verify} messages.
                 * @param message HealthListResponse message or plain object to encode
                 * @param [writer] Writer to encode to
                 * @returns Writer
                 */
                public static encode(message: grpc.health.v1.IHealthListResponse, writer?: $protobuf.Writer): $protobuf.Writer;

                /**
                 * Decodes a HealthListResponse message from the specified reader or buffer.
                 * @param reader Reader or buffer to decode from
                 * @param [length] Message length if known beforehand
                 * @returns HealthListResponse
                 * @throws {Error} If the payload is not a reader or valid buffer
                 * @throws {$protobuf.util.ProtocolError} If required fields are missing
                 */
                public static decode(reader: ($protobuf.Reader|Uint8Array), length?: number): grpc.health.v1.HealthListResponse;
            }
        }
    }
}
