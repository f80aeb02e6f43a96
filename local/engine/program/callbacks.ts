import { credentials } from "@grpc/grpc-js";
import { CallbacksClient } from "@pulumi/pulumi/proto/callback_grpc_pb";
import { type Callback, CallbackInvokeRequest } from "@pulumi/pulumi/proto/callback_pb";

/** Calls functions of the program, by the tokens that it has given. */
export interface Callbacks {
  readonly invoke: (callback: Callback, request: Uint8Array) => Promise<Uint8Array>;
  readonly close: () => void;
}

export const createCallbacks = (): Callbacks => {
  const clients = new Map<string, CallbacksClient>();
  return {
    invoke: async (callback, request) => {
      const target = callback.getTarget();
      const client =
        clients.get(target) ??
        new CallbacksClient(target, credentials.createInsecure(), {
          "grpc.max_receive_message_length": -1,
          "grpc.max_send_message_length": -1,
        });
      clients.set(target, client);
      const call = new CallbackInvokeRequest();
      call.setToken(callback.getToken());
      call.setRequest(request);
      return await new Promise((resolve, reject) =>
        client.invoke(call, (error, response) => {
          if (error) reject(new Error(error.details));
          else resolve(response.getResponse_asU8());
        }),
      );
    },
    close: () => {
      for (const client of clients.values()) client.close();
    },
  };
};
