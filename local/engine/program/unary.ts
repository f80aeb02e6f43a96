import { status, type sendUnaryData, type ServerUnaryCall } from "@grpc/grpc-js";

import { messageOf } from "../errors";

/**
 * Answers a call, or reports why it can't be: every error is also a diagnostic, so none is lost in
 * the program's stack traces.
 */
export const unary =
  <Request, Response>(
    answer: (request: Request) => Response | Promise<Response>,
    onError?: (error: unknown) => void,
  ) =>
  (call: ServerUnaryCall<Request, Response>, done: sendUnaryData<Response>): void => {
    const answered = async (): Promise<Response> => await answer(call.request);
    answered().then(
      (response) => done(null, response),
      (error: unknown) => {
        onError?.(error);
        done({ code: status.UNKNOWN, details: messageOf(error) });
      },
    );
  };
